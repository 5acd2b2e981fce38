// The control plane's SQL.

/** Held until the commit, so that revocations become visible in the order of their ids. */
export const takeRevocationTurn = 'select pg_advisory_xact_lock(7214004)';

/** $2: how many to count at most. */
export const countRevocations = {
  name: 'count-revocations',
  text: `
    select count(*)::int as rows
      from (select from revocations where tenant = $1 and expires_at > now() limit $2) r`,
};

/** One that stands already is moved to the end, so that whoever has read it reads it again. */
export const insertRevocation = {
  name: 'insert-revocation',
  text: `
    insert into revocations as r (tenant, subject, session, revoked_at, expires_at)
    values ($1, $2, $3, $4::timestamptz, $5::timestamptz)
    on conflict (tenant, subject, session) do update
       set id = default,
           revoked_at = greatest(r.revoked_at, excluded.revoked_at),
           expires_at = greatest(r.expires_at, excluded.expires_at)`,
};

export const revocationsAfter = {
  name: 'revocations-after',
  text: `
    select id, tenant, subject, session, revoked_at, expires_at
      from revocations where id > $1 and expires_at > now() order by id limit $2`,
};

export const forgetRevocations = {
  name: 'forget-revocations',
  text: 'delete from revocations where expires_at < now()',
};

/** $1: a JSON array of nodes. */
export const seeNodes = {
  name: 'see-nodes',
  text: `
    insert into nodes (id, role, url, version, started_at, seen_at)
    select id, role, url, version, "startedAt", now()
      from json_to_recordset($1::json) as r (
             id text, role text, url text, version text, "startedAt" timestamptz)
    on conflict (id, role) do update set seen_at = now()`,
};

export const nodesSeen = {
  name: 'nodes-seen',
  text: `
    select id, role, url, version, started_at
      from nodes
     where role = $1 and seen_at > now() - $2::bigint * interval '1 millisecond'
     order by started_at, id`,
};

/** Of every role, with how long each has been silent by the database's own clock; $1: how many at most. */
export const nodesRemembered = {
  name: 'nodes-remembered',
  text: `
    select id, role, url, version, started_at,
           (extract(epoch from now() - seen_at) * 1000)::bigint as silent_ms
      from nodes order by started_at desc, id, role limit $1`,
};

export const forgetNodes = {
  name: 'forget-nodes',
  text: `delete from nodes where seen_at < now() - $1::bigint * interval '1 millisecond'`,
};

export const currentCeiling = {
  name: 'current-ceiling',
  text: `
    select revision, rate_per_second, burst, client_rate_per_second, client_burst, ordered_at
      from ceiling`,
};

export const orderCeiling = {
  name: 'order-ceiling',
  text: `
    insert into ceiling as c (revision, rate_per_second, burst, client_rate_per_second, client_burst,
                              ordered_at, tenant, subject)
    values (1, $1, $2, $3, $4, now(), $5, $6)
    on conflict (singleton) do update
       set revision = c.revision + 1,
           rate_per_second = excluded.rate_per_second,
           burst = excluded.burst,
           client_rate_per_second = excluded.client_rate_per_second,
           client_burst = excluded.client_burst,
           ordered_at = excluded.ordered_at,
           tenant = excluded.tenant,
           subject = excluded.subject
    returning revision, rate_per_second, burst, client_rate_per_second, client_burst, ordered_at`,
};

/** $1: a JSON array of records. */
export const appendAudit = {
  name: 'append-audit',
  text: `
    insert into audit (id, at, tenant, subject, session, action, code, account_ids, connection_id,
                       node, address, user_agent, details)
    select id, at, tenant, subject, session, action, code, "accountIds", "connectionId",
           node, address, "userAgent", details
      from json_to_recordset($1::json) as r (
             id uuid, at timestamptz, tenant text, subject text, session text, action text, code text,
             "accountIds" text[], "connectionId" text, node text, address text, "userAgent" text,
             details jsonb)
    on conflict (id) do nothing`,
};

/** $1: the lowest id that stays; $2: how many rows at most, so that no other work waits long. */
export const forgetAudit = {
  name: 'forget-audit',
  text: `
    delete from audit
     where id = any (array(
             select id from audit where id < $1::uuid order by id limit $2 for update skip locked))
    returning id`,
};
