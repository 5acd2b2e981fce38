// The core's SQL, one statement after the other in the order of a transfer's way. Arrays arrive as
// text literals and are opened with unnest, so that a whole batch is one statement.

/** Locked in id order, so that two batches that share accounts never wait on each other in a ring. */
export const lockAccounts = {
  name: 'lock-accounts',
  text: `
    select a.id, a.tenant, a.account_id, a.currency, a.minimum_minor, a.booked_minor,
           a.pending_minor, a.version, a.updated_at
      from accounts a
      join unnest($1::text[], $2::text[]) as named (tenant, account_id) using (tenant, account_id)
     order by a.id
       for no key update of a`,
};

/**
 * Asked after the accounts are locked: a twin in another batch has committed by then, and is seen.
 * `offset 0` keeps it a walk down the index for each key, whatever the planner thinks of the table.
 */
export const earlierDecisions = {
  name: 'earlier-decisions',
  text: `
    select t.*
      from unnest($1::text[], $2::text[]) as asked (tenant, key)
     cross join lateral (
       select tenant, key, entry_id, encode(fingerprint, 'hex') as fingerprint, refused,
              refusal_detail, source_version, destination_version, decided_at
         from transfers where tenant = asked.tenant and key = asked.key offset 0) t`,
};

/**
 * Stores a batch's decisions: transfers, two entries and an outbox row for each posted one, and the
 * accounts as they are afterwards. The accounts' old versions must still stand (they are locked, so
 * they do: stated twice), and the writer must not have been struck off; the counts tell.
 */
export const storeDecisions = {
  name: 'store-decisions',
  text: `
    with writer as (
      select id from cache_writers where id = $1::uuid for key share
    ), stored as (
      insert into transfers (
        entry_id, tenant, key, fingerprint, subject, source, destination, amount_minor, currency,
        narration, effective_at, metadata, context, refused, refusal_detail, source_version,
        destination_version, decided_at)
      select d.entry_id, d.tenant, d.key, decode(d.fingerprint, 'hex'), d.subject, d.source,
             d.destination, d.amount_minor, d.currency, d.narration, d.effective_at, d.metadata::jsonb,
             d.context::jsonb, d.refused, d.refusal_detail, d.source_version, d.destination_version,
             $2::timestamptz
        from unnest(
               $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
               $10::bigint[], $11::text[], $12::text[], $13::timestamptz[], $14::text[], $15::text[],
               $16::text[], $17::text[], $18::bigint[], $19::bigint[]
             ) as d (entry_id, tenant, key, fingerprint, subject, source, destination, amount_minor,
                     currency, narration, effective_at, metadata, context, refused, refusal_detail,
                     source_version, destination_version)
    ), entered as (
      insert into entries (account, version, entry_id, amount_minor, balance_after_minor)
      select * from unnest($20::bigint[], $21::bigint[], $22::uuid[], $23::bigint[], $24::bigint[])
    ), announced as (
      insert into outbox (entry_id) select * from unnest($25::uuid[])
    ), changed as (
      update accounts a
         set booked_minor = c.booked_minor, version = c.version, updated_at = $2::timestamptz
        from unnest($26::bigint[], $27::bigint[], $28::bigint[], $29::bigint[])
               as c (id, booked_minor, version, version_before)
       where a.id = c.id and a.version = c.version_before
      returning a.id
    )
    select (select count(*) from changed)::int as changed,
           (select count(*) from writer)::int as writers`,
};

/** Only by a writer that was not struck off: readers do not wait for others. */
export const insertAccount = {
  name: 'insert-account',
  text: `
    with writer as (select id from cache_writers where id = $6::uuid for key share)
    insert into accounts (tenant, account_id, currency, minimum_minor, created_at, updated_at)
    select $1, $2, $3, $4::bigint, $5::timestamptz, $5::timestamptz from writer
    on conflict (tenant, account_id) do nothing
    returning tenant, account_id, currency, minimum_minor, created_at`,
};

export const selectAccount = {
  name: 'select-account',
  text: `
    select tenant, account_id, currency, minimum_minor, created_at
      from accounts where tenant = $1 and account_id = $2
       and exists (select from cache_writers where id = $3::uuid)`,
};

/** All that a transfer was asked for with and came to, of `transfers t`. */
export const transferColumns = `
           t.tenant, t.key, t.entry_id, encode(t.fingerprint, 'hex') as fingerprint, t.subject,
           t.source, t.destination, t.amount_minor, t.currency, t.narration, t.effective_at,
           t.metadata, t.context, t.refused, t.refusal_detail, t.source_version,
           t.destination_version, t.decided_at`;

const storedTransfer = `
    select ${transferColumns}
      from transfers t`;

export const findByKey = {
  name: 'find-by-key',
  text: `${storedTransfer} where t.tenant = $1 and t.key = $2`,
};

export const findByEntryId = {
  name: 'find-by-entry-id',
  text: `${storedTransfer} where t.tenant = $1 and t.entry_id = $2 and t.refused is null`,
};

export const currentBalances = {
  name: 'current-balances',
  text: `
    select a.id, a.tenant, a.account_id, a.currency, a.minimum_minor, a.booked_minor,
           a.pending_minor, a.version, a.updated_at
      from accounts a where a.tenant = $1 and a.account_id = any($2::text[])`,
};

/**
 * By id: per account that is the order of versions (see 001-book.sql). `offset 0` keeps each look-up a
 * walk down an index: the planner's guess, a scan of all transfers, grows with the book.
 */
export const unpublishedTransfers = {
  name: 'unpublished-transfers',
  text: `
    select o.id as outbox_id, t.*, s.after as source_after, d.after as destination_after
      from (select id, entry_id from outbox where published_at is null order by id limit $1) o
     cross join lateral (
       select tenant, entry_id, key, subject, source, destination, amount_minor, currency, narration,
              effective_at, metadata, context, source_version, destination_version, decided_at
         from transfers where entry_id = o.entry_id offset 0) t
     cross join lateral (
       select e.balance_after_minor as after from accounts a
         join entries e on e.account = a.id and e.version = t.source_version
        where a.tenant = t.tenant and a.account_id = t.source offset 0) s
     cross join lateral (
       select e.balance_after_minor as after from accounts a
         join entries e on e.account = a.id and e.version = t.destination_version
        where a.tenant = t.tenant and a.account_id = t.destination offset 0) d
     order by o.id`,
};

export const forgetPublished = {
  name: 'forget-published',
  text: 'delete from outbox where published_at is null and id = any($1::bigint[])',
};

export const markPublished = {
  name: 'mark-published',
  text: `
    update outbox set published_at = now() where published_at is null and id = any($1::bigint[])`,
};

export const forgetOldPublished = {
  name: 'forget-old-published',
  text: `delete from outbox where published_at < now() - $1::bigint * interval '1 millisecond'`,
};

export const outboxBacklog = {
  name: 'outbox-backlog',
  text: `
    select count(*)::int as rows from (select from outbox where published_at is null limit $1) o`,
};
