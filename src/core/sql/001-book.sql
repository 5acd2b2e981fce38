-- The book: accounts, transfers, their entries, and the outbox of what the world must still hear.
-- Money is signed 64-bit minor units. The constraints repeat what src/core/rules.ts decides.

create table accounts (
  id bigint generated always as identity primary key,
  tenant text collate "C" not null,
  account_id text collate "C" not null,
  currency text collate "C" not null check (currency ~ '^[A-Z]{3}$'),
  -- The lowest available balance; null: no lower limit.
  minimum_minor bigint check (minimum_minor <= 0),
  booked_minor bigint not null default 0,
  -- Reserved by holds; available = booked - pending.
  pending_minor bigint not null default 0 check (pending_minor >= 0),
  -- Rises by one with each change of the booked or pending amount.
  version bigint not null default 0 check (version >= 0),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (tenant, account_id),
  check (minimum_minor is null or booked_minor - pending_minor >= minimum_minor)
) with (fillfactor = 50); -- Room for updates in the same page, so that no index is touched.

-- Every decided request, posted or refused: a replay of its key is answered from here.
create table transfers (
  entry_id uuid primary key,
  tenant text collate "C" not null,
  key text collate "C" not null,
  -- Of the request's content: the same key with another one is refused.
  fingerprint bytea not null,
  subject text not null,
  source text collate "C" not null,
  destination text collate "C" not null,
  amount_minor bigint not null check (amount_minor > 0),
  currency text collate "C" not null,
  narration text,
  effective_at timestamptz,
  metadata jsonb,
  context jsonb,
  -- The code of a final refusal, with its words; null: posted.
  refused text,
  refusal_detail text,
  source_version bigint,
  destination_version bigint,
  decided_at timestamptz not null,
  unique (tenant, key),
  check (source <> destination),
  check ((refused is null) = (source_version is not null and destination_version is not null)),
  check ((refused is null) = (refusal_detail is null))
);

-- Two per posted transfer, summing to zero. The primary key is the backstop against posting twice:
-- a version exists once. No foreign keys: both rows are written by the statement that locked the
-- accounts and counts them, and `atlas verify` audits it; checking each row again costs a third.
create table entries (
  account bigint not null,
  version bigint not null check (version > 0),
  entry_id uuid not null,
  amount_minor bigint not null check (amount_minor <> 0),
  balance_after_minor bigint not null,
  primary key (account, version)
);

-- One row per posted transfer, in the transaction that posts it. An account's rows are inserted under
-- its row lock, so per account the order of ids is the order of versions, and whoever sees a row sees
-- the account's earlier ones: reading all unpublished rows by id neither loses nor inverts any.
create table outbox (
  id bigint generated always as identity,
  entry_id uuid not null,
  -- Set where the outbox is itself the event log (embedded); with Kafka the row goes when published.
  published_at timestamptz
);
create index outbox_unpublished on outbox (id) where published_at is null;
create index outbox_published on outbox (published_at) where published_at is not null;
