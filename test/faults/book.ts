// What the book itself says, read past Atlas: the judge of what Atlas acknowledged.
import assert from 'node:assert/strict';
import pg from 'pg';
import type { Acknowledged } from './load.ts';

interface StoredTransfer {
  key: string;
  entry_id: string;
  source: string;
  destination: string;
  amount_minor: string;
}

/** Every acknowledged transfer is there as it was acknowledged, once, and nothing that was not sent. */
export async function assertKeptExactlyOnce(
  databaseUrl: string,
  acknowledged: readonly Acknowledged[],
  sent: ReadonlySet<string>,
): Promise<void> {
  const rows = await query<StoredTransfer>(
    databaseUrl,
    `select key, entry_id, source, destination, amount_minor
       from transfers where refused is null and key like 'load-%'`,
  );
  const stored = new Map(rows.map((row) => [row.key, row]));
  assert.equal(stored.size, rows.length, 'a key is there once');
  const lost = acknowledged.filter(({ key, entryId, source, destination, minor }) => {
    const row = stored.get(key);
    return (
      row?.entry_id !== entryId ||
      row.source !== source ||
      row.destination !== destination ||
      row.amount_minor !== String(minor)
    );
  });
  assert.deepEqual(
    lost.slice(0, 3),
    [],
    `${lost.length} acknowledged transfers are not as acknowledged`,
  );
  assert.deepEqual(rows.filter(({ key }) => !sent.has(key)).slice(0, 3), []);
  await assertSound(databaseUrl);
}

/** Conservation, gapless versions, running balances, two entries a transfer. */
export async function assertSound(databaseUrl: string): Promise<void> {
  const breaks = await query(
    databaseUrl,
    `select 'running balance', account::text, version::text from (
       select account, version, balance_after_minor,
              sum(amount_minor) over w as running, row_number() over w as place
         from entries window w as (partition by account order by version)) e
      where version <> place or balance_after_minor <> running
     union all
     select 'account', a.account_id, a.version::text from accounts a
       left join (select account, count(*) as entries, sum(amount_minor) as booked
                    from entries group by account) e on e.account = a.id
      where a.version <> coalesce(e.entries, 0) or a.booked_minor <> coalesce(e.booked, 0)
     union all
     select 'entries of a transfer', t.entry_id::text, '' from transfers t
       left join (select entry_id, count(*) as entries, sum(amount_minor) as total
                    from entries group by entry_id) e using (entry_id)
      where t.refused is null and (e.entries is distinct from 2 or e.total <> 0)
     limit 20`,
  );
  assert.deepEqual(breaks, []);
}

export interface BookedBalance {
  readonly bookedMinor: string;
  readonly version: number;
}

export async function bookedBalances(databaseUrl: string): Promise<Map<string, BookedBalance>> {
  const rows = await query<{ account_id: string; booked_minor: string; version: string }>(
    databaseUrl,
    'select account_id, booked_minor, version from accounts',
  );
  return new Map(
    rows.map((row) => [
      row.account_id,
      { bookedMinor: row.booked_minor, version: Number(row.version) },
    ]),
  );
}

export async function query<R extends pg.QueryResultRow>(url: string, text: string): Promise<R[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<R>(text)).rows;
  } finally {
    await client.end();
  }
}
