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
