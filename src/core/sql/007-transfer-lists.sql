-- Transfers by their time, for lists. Those of one batch have one time, so that the index holds it once
-- for hundreds of rows: an eighth of what ids beside it would take, and as much less to write.
-- The time comes first: an index that begins with the tenant is what a planner without statistics takes to look
-- keys up, and reads all of a tenant's transfers for each.
create index transfers_by_time on transfers (decided_at, tenant);

-- Refusals have no entries, so that nothing else finds those of an account. Posted transfers are not in here.
create index refusals_by_time on transfers (tenant, decided_at, entry_id)
  where refused is not null;
create index refusals_by_source on transfers (tenant, source, decided_at, entry_id)
  where refused is not null;
create index refusals_by_destination on transfers (tenant, destination, decided_at, entry_id)
  where refused is not null;

-- The last version of an account that was made before an instant, 0 for none. Versions have no gaps and
-- rise with time, so halving finds it in some twenty looks, and posted transfers need no index by account
-- beside the entries' own.
create function version_before(of_account bigint, newest bigint, instant timestamptz) returns bigint
language plpgsql stable as $$
declare
  low bigint := 0;
  high bigint := newest + 1;
  middle bigint;
  made_at timestamptz;
begin
  while high - low > 1 loop
    middle := (low + high) / 2;
    select t.decided_at into made_at
      from entries e join transfers t using (entry_id)
     where e.account = of_account and e.version = middle;
    if made_at < instant then low := middle; else high := middle; end if;
  end loop;
  return low;
end $$;
