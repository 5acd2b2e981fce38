// The SQL of transfer lists. It is made of streams, each newest first along an index and of bounded length:
// the tenant's transfers by time, or an account's entries and refusals. What no index serves (amount,
// currency, narration) is looked for among the rows of the streams and nowhere else, so that no list costs
// the book more than its bound. A stream's last row within the bound comes out marked as its end, also
// where it does not match: no stream has been read below it.
import type { ListPosition, TransfersQuery } from '../contracts/transfer-list.ts';
import { transferColumns } from '../core/statements.ts';
import type { Statement } from '../engines/database.ts';

/** Transfers that one page may look at. */
export const examinedMax = 5_000;
const streamsOfAccount = 3;

/** Planner's ways that could read more than is wanted; `jit`: what is forbidden looks so costly to it. */
const forbidden = [
  'enable_seqscan',
  'enable_bitmapscan',
  'enable_sort',
  'enable_hashjoin',
  'enable_mergejoin',
  'jit',
];

/**
 * For the transaction of a list. The time ends in the database what nobody waits for any longer; PGlite has
 * no such clock, and only the bound. The planner may only walk indexes in their order: by its guesses, which
 * nobody corrects in a book that was never analyzed, it would rather read and sort all than the part that is
 * wanted.
 */
export const boundTransaction: Statement = {
  name: 'ledger-transfers-bound',
  text: `
    select set_config('statement_timeout', '2000', true), set_config(name, 'off', true)
      from unnest(array['${forbidden.join("', '")}']) as name`,
};

export interface ListStatement {
  /** Without a name: planned for its values each time. */
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The values of a statement, and where each stands in its text. */
class Values {
  readonly list: unknown[] = [];
  add(value: unknown): string {
    this.list.push(value);
    return `$${this.list.length}`;
  }
}

export function selectTransfers(query: TransfersQuery): ListStatement {
  const values = new Values();
  const matches = matchesOf(query, values);
  const { accountIds, limit } = query;
  const streams = accountIds === undefined ? 1 : accountIds.length * streamsOfAccount;
  const wanted = limit + 1;
  const examined =
    matches === 'true' ? wanted : Math.max(wanted, Math.floor(examinedMax / streams));
  const bound = values.add(examined);
  const parts =
    accountIds === undefined
      ? [tenantStream(query, values, bound)]
      : accountStreams(query, accountIds, values, bound);
  // A transfer between two of the accounts is in the streams of both.
  const rows = values.add(accountIds === undefined ? wanted : 2 * wanted + streams);
  const text = `
    select * from (
      select s.*, ${matches} as matches, s.nth = ${bound} as ends
        from (${parts.join(' union all ')}) s) found
     where matches or ends
     order by decided_at desc, entry_id desc
     limit ${rows}`;
  return { text, values: values.list };
}

function matchesOf(query: TransfersQuery, values: Values): string {
  const { accountIds, state, minMinor, maxMinor, currency, narration } = query;
  const conditions: string[] = [];
  // Elsewhere the choice of streams says it.
  if (accountIds === undefined && state === 'posted') conditions.push('s.refused is null');
  if (minMinor !== undefined) conditions.push(`s.amount_minor >= ${values.add(minMinor)}::bigint`);
  if (maxMinor !== undefined) conditions.push(`s.amount_minor <= ${values.add(maxMinor)}::bigint`);
  if (currency !== undefined) conditions.push(`s.currency = ${values.add(currency)}`);
  if (narration !== undefined) {
    conditions.push(
      `coalesce(strpos(lower(s.narration), lower(${values.add(narration)}::text)) > 0, false)`,
    );
  }
  return conditions.length === 0 ? 'true' : conditions.join(' and ');
}

function tenantStream(query: TransfersQuery, values: Values, bound: string): string {
  // Each as its index names it: sql/008-transfer-lists.online.sql.
  const of =
    query.state === 'refused' ? 't.refused is not null and t.tenant =' : "t.tenant || '' =";
  return `
      select t.*, row_number() over () as nth from (
        select ${transferColumns}
          from transfers t
         where ${of} ${values.add(query.tenant)} ${within(query, values)}
         order by t.decided_at desc, t.entry_id desc
         limit ${bound}) t`;
}

function accountStreams(
  query: TransfersQuery,
  accountIds: readonly string[],
  values: Values,
  bound: string,
): string[] {
  const { state, ownRefusalsOnly, tenant } = query;
  const of = { tenant: values.add(tenant), ids: `${values.add(accountIds)}::text[]` };
  const time = within(query, values);
  const streams: string[] = [];
  if (state !== 'refused') {
    streams.push(`
      select p.* from unnest(${of.ids}) as asked (account_id)
       cross join lateral (
         select a.id, ${versionBefore(topOf(query), 'a.version', values)} as newest,
                ${versionBefore(query.fromMs, '0', values)} as oldest
           from accounts a
          where a.tenant = ${of.tenant} and a.account_id = asked.account_id offset 0) a
       cross join lateral (
         select t.*, row_number() over () as nth from (
           select ${transferColumns}
             from entries e join transfers t using (entry_id)
            where e.account = a.id and e.version <= a.newest and e.version > a.oldest ${time}
            order by e.version desc
            limit ${bound}) t) p`);
  }
  if (state !== 'posted') {
    for (const side of ownRefusalsOnly ? ['source'] : ['source', 'destination']) {
      streams.push(`
      select r.* from unnest(${of.ids}) as asked (account_id)
       cross join lateral (
         select t.*, row_number() over () as nth from (
           select ${transferColumns}
             from transfers t
            where t.tenant = ${of.tenant} and t.${side} = asked.account_id
              and t.refused is not null ${time}
            order by t.decided_at desc, t.entry_id desc
            limit ${bound}) t) r`);
    }
  }
  return streams;
}

/** Of `transfers t`, below the cursor or the end of the time, and not before its beginning. */
function within({ before, fromMs, toMs }: TransfersQuery, values: Values): string {
  const conditions: string[] = [];
  if (before !== undefined) {
    const at = `${values.add(iso(before.decidedAtMs))}::timestamptz`;
    const id = `${values.add(before.entryId)}::uuid`;
    conditions.push(`t.decided_at <= ${at} and (t.decided_at < ${at} or t.entry_id < ${id})`);
  }
  if (toMs !== undefined) {
    conditions.push(`t.decided_at < ${values.add(iso(toMs))}::timestamptz`);
  }
  if (fromMs !== undefined) {
    conditions.push(`t.decided_at >= ${values.add(iso(fromMs))}::timestamptz`);
  }
  return conditions.map((condition) => `and ${condition}`).join(' ');
}

/** No transfer of the page is decided at this time or later. */
function topOf({ before, toMs }: { before?: ListPosition | undefined; toMs?: number | undefined }) {
  const tops = [before === undefined ? undefined : before.decidedAtMs + 1, toMs];
  const known = tops.filter((ms) => ms !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function versionBefore(ms: number | undefined, otherwise: string, values: Values): string {
  if (ms === undefined) return otherwise;
  return `version_before(a.id, a.version, ${values.add(iso(ms))}::timestamptz)`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
