-- What the processes of one Atlas share beside money: whose tokens are revoked, which nodes there are,
-- and the record of who did what.

-- A token is refused when its session stands here, or its subject with a later time.
create table revocations (
  -- Rises in the order of commits (writers take turns), so "after this one" misses nothing.
  id bigint generated always as identity,
  tenant text collate "C" not null,
  subject text collate "C" not null,
  -- Empty: all sessions of the subject, by tokens issued up to revoked_at.
  session text collate "C" not null,
  revoked_at timestamptz not null,
  -- No token that this concerns is good any longer.
  expires_at timestamptz not null,
  primary key (tenant, subject, session)
);
create unique index revocations_new on revocations (id);

-- Who is there: each node says so every second. Unlogged, as after a crash they say it again.
create unlogged table nodes (
  id text collate "C" primary key,
  role text not null,
  url text not null,
  version text not null,
  started_at timestamptz not null,
  seen_at timestamptz not null
);

-- Who did what, from where, and how it ended. The writer makes the id (UUID v7: it rises with time), so
-- a batch that is sent again adds nothing. It holds no token and no secret.
create table audit (
  id uuid primary key,
  at timestamptz not null,
  tenant text collate "C" not null,
  subject text collate "C" not null,
  session text collate "C",
  action text collate "C" not null,
  code text collate "C",
  account_ids text[],
  connection_id text,
  node text not null,
  address text,
  user_agent text,
  details jsonb
);
create index audit_of_tenant on audit (tenant, id);
create index audit_of_accounts on audit using gin (account_ids) where account_ids is not null;

-- Append-only: rows go when they are older than the retention, and change never.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit record is append-only';
end $$;
create trigger audit_never_changes before update on audit
  for each statement execute function refuse_change();
