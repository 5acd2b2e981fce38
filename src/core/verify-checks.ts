// What must hold in the book, each as a statement that returns the breaks in words. All go over whole
// tables at once, so that millions of rows take seconds.

export interface BookCheck {
  readonly promise: string;
  /** SQL with one column, `words`. */
  readonly breaks: string;
}

export const bookChecks: readonly BookCheck[] = [
  {
    promise: 'the balances of a tenant sum to zero in each currency',
    breaks: `
      select format('tenant %s: %s balances sum to %s', tenant, currency, sum(booked_minor)) as words
        from accounts
       group by tenant, currency
      having sum(booked_minor) <> 0`,
  },
  {
    promise: 'a posted transfer has one entry on each side, with its amount and versions',
    breaks: `
      select format('transfer %s (tenant %s, key %s): no matching entry on %s', t.entry_id, t.tenant,
                    t.key, concat_ws(' and ', case when debit.entry_id is null then t.source end,
                                     case when credit.entry_id is null then t.destination end)) as words
        from transfers t
        left join accounts s on s.tenant = t.tenant and s.account_id = t.source
                            and s.currency = t.currency
        left join accounts d on d.tenant = t.tenant and d.account_id = t.destination
                            and d.currency = t.currency
        left join entries debit on debit.account = s.id and debit.version = t.source_version
                               and debit.entry_id = t.entry_id
                               and debit.amount_minor = -t.amount_minor
        left join entries credit on credit.account = d.id and credit.version = t.destination_version
                                and credit.entry_id = t.entry_id
                                and credit.amount_minor = t.amount_minor
       where t.refused is null and (debit.entry_id is null or credit.entry_id is null)`,
  },
  {
    promise: 'a transfer that was posted has two entries that sum to zero, a refused one has none',
    breaks: `
      select format('transfer %s (tenant %s, key %s, %s): %s entries with the sum %s', t.entry_id,
                    t.tenant, t.key, coalesce(t.refused, 'posted'), coalesce(e.entries, 0),
                    coalesce(e.sum_minor, 0)) as words
        from transfers t
        left join (select entry_id, count(*) as entries, sum(amount_minor) as sum_minor
                     from entries group by entry_id) e using (entry_id)
       where coalesce(e.entries, 0) <> case when t.refused is null then 2 else 0 end
          or coalesce(e.sum_minor, 0) <> 0`,
  },
  {
    promise: 'an entry belongs to a transfer and to an account',
    breaks: `
      select format('entry %s of account %s, version %s: no %s', e.entry_id,
                    coalesce(a.account_id, e.account::text), e.version,
                    concat_ws(' and no ', case when t.entry_id is null then 'transfer' end,
                              case when a.id is null then 'account' end)) as words
        from entries e
        left join transfers t using (entry_id)
        left join accounts a on a.id = e.account
       where t.entry_id is null or a.id is null`,
  },
  {
    promise: 'the versions of an account go from 1 up without a gap',
    breaks: `
      select format('account %s (tenant %s): %s entries with versions %s to %s', a.account_id, a.tenant,
                    e.entries, e.first, e.last) as words
        from (select account, count(*) as entries, count(distinct version) as versions,
                     min(version) as first, max(version) as last
                from entries group by account) e
        join accounts a on a.id = e.account
       where e.first <> 1 or e.last <> e.entries or e.versions <> e.entries`,
  },
  {
    promise: 'each entry carries the balance before it plus its amount',
    breaks: `
      select format('account %s (tenant %s), version %s: %s after %s and %s', a.account_id, a.tenant,
                    e.version, e.balance_after_minor, e.before_minor, e.amount_minor) as words
        from (select account, version, amount_minor, balance_after_minor,
                     lag(balance_after_minor, 1, 0::bigint)
                       over (partition by account order by version) as before_minor
                from entries) e
        join accounts a on a.id = e.account
       where e.before_minor::numeric + e.amount_minor <> e.balance_after_minor`,
  },
  {
    promise: "an account's balance and version are those of its last entry",
    breaks: `
      select format('account %s (tenant %s): version %s with %s, its last entry is version %s with %s',
                    a.account_id, a.tenant, a.version, a.booked_minor, coalesce(e.version, 0),
                    coalesce(e.balance_after_minor, 0)) as words
        from accounts a
        left join lateral (select version, balance_after_minor from entries
                            where account = a.id order by version desc limit 1) e on true
       where a.version <> coalesce(e.version, 0)
          or a.booked_minor <> coalesce(e.balance_after_minor, 0)`,
  },
  {
    promise: 'no account has been below its minimum',
    breaks: `
      select format('account %s (tenant %s), version %s: %s is below %s', a.account_id, a.tenant,
                    e.version, e.balance_after_minor, a.minimum_minor) as words
        from entries e
        join accounts a on a.id = e.account
       where e.balance_after_minor < a.minimum_minor
      union all
      select format('account %s (tenant %s): available %s is below %s', account_id, tenant,
                    booked_minor - pending_minor, minimum_minor)
        from accounts
       where booked_minor - pending_minor < minimum_minor`,
  },
  {
    promise: 'the outbox announces posted transfers, each once',
    breaks: `
      select format('outbox row %s: transfer %s %s', o.id, o.entry_id,
                    case when t.entry_id is null then 'does not exist'
                         when t.refused is not null then 'was refused'
                         else 'is announced more than once' end) as words
        from (select id, entry_id, row_number() over (partition by entry_id order by id) as nth
                from outbox) o
        left join transfers t using (entry_id)
       where t.entry_id is null or t.refused is not null or o.nth > 1`,
  },
];
