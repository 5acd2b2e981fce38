-- Every core that may owe the cache a balance. A core whose row is gone may not commit any more: it
-- was taken for dead, and readers trust the cache again without it.
create table cache_writers (
  id uuid primary key,
  started_at timestamptz not null default now()
);
