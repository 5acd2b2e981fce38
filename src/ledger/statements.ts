// The ledger's SQL. It reads the primary, never a replica: an answer from behind could be older than an
// acknowledged transfer, and a fill of the cache would keep it so.

/** A row where there is a book to read: a database may be there before a core has made it one. */
export const selectBook = {
  name: 'ledger-book',
  text: `select 1 where to_regclass('accounts') is not null`,
};

/** `offset 0` keeps it a walk down the index for each account, whatever the planner thinks of the table. */
export const selectBalances = {
  name: 'ledger-balances',
  text: `
    select asked.position, a.*
      from unnest($1::text[], $2::text[]) with ordinality as asked (tenant, account_id, position)
     cross join lateral (
       select currency, booked_minor, pending_minor, version, updated_at
         from accounts where tenant = asked.tenant and account_id = asked.account_id offset 0) a`,
};

export const selectAccount = {
  name: 'ledger-account',
  text: `
    select account_id, currency, minimum_minor, created_at
      from accounts where tenant = $1 and account_id = $2`,
};

/**
 * $3: the ids that the token lists, null for all; $4: last id of the page before; $5: prefix. The
 * prefix is a range, so that the index finds its beginning and its end: "~" sorts after every
 * character that an account id may have.
 */
export const selectAccounts = {
  name: 'ledger-accounts',
  text: `
    select account_id, currency, minimum_minor, created_at
      from accounts
     where tenant = $1
       and ($3::text[] is null or account_id = any($3))
       and account_id > $4
       and account_id >= $5 and account_id < $5 || '~'
     order by account_id
     limit $2`,
};

/** One row without an entry for an account that has none; no row where there is no account. */
export const selectEntries = {
  name: 'ledger-entries',
  text: `
    select e.entry_id, e.version, e.amount_minor, e.balance_after_minor, e.counterparty, e.narration,
           e.effective_at, e.decided_at
      from accounts a
      left join lateral (
        select n.entry_id, n.version, n.amount_minor, n.balance_after_minor, t.narration,
               case when t.source = a.account_id then t.destination else t.source end as counterparty,
               t.effective_at, t.decided_at
          from entries n
          join transfers t using (entry_id)
         where n.account = a.id and n.version < $4
         order by n.version desc
         limit $3
      ) e on true
     where a.tenant = $1 and a.account_id = $2
     order by e.version desc`,
};
