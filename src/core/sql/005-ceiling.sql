-- How much the payments replicas admit, as an operator has ordered it. One row: an order replaces the one
-- before it. It outlives restarts, since new replicas start just when there is too much to do.
create table ceiling (
  singleton boolean primary key default true check (singleton),
  -- Rises with each order, so that whoever hears two of them knows which is later.
  revision bigint not null,
  -- Null: what each replica's settings say.
  rate_per_second integer check (rate_per_second > 0),
  burst integer check (burst > 0),
  client_rate_per_second integer check (client_rate_per_second >= 0),
  client_burst integer check (client_burst > 0),
  ordered_at timestamptz not null,
  tenant text collate "C" not null,
  subject text collate "C" not null,
  check (num_nulls(rate_per_second, burst, client_rate_per_second, client_burst) in (0, 4))
);
