// What one would write first: a Postgres transaction for each transfer, eight statements, the two
// accounts locked in order. Correct, durable, and the measure of everything else here.
import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { postgres } from '../../test/engines/index.ts';
import { openPostgres } from '../../src/engines/postgres.ts';
import { closedLoop } from '../support/closed-loop.ts';
import { postgresCpu, processCpu } from '../support/cpu.ts';
import { cpuWindow } from '../support/figures.ts';
import { accountIds, checkBook, pairs, type Pair, type Writer } from './load.ts';

const poolSize = 32;

export const naiveWriter: Writer = {
  name: 'naive, one transaction each',
  async measure(load) {
    await using place = await postgres();
    await using database = await openPostgres({
      url: place.url,
      connectionsMax: 1,
      connectTimeoutMs: 5_000,
      statementTimeoutMs: 60_000,
      applicationName: 'bench',
    });
    for (const statement of schema) await database.query(statement);
    await database.query(`insert into accounts (id) select unnest($1::text[])`, [accountIds]);
    const pool = new Pool({ connectionString: place.url, max: poolSize });
    // The database goes away before the last socket has closed.
    pool.on('error', () => {});
    const cpu = cpuWindow(processCpu(process.pid), await postgresCpu(database));
    const next = pairs(load);
    try {
      const figures = await closedLoop({
        ...load,
        window: cpu.window,
        call: () => post(pool, next()),
      });
      const [totals] = await database.query<{ transfers: number; entries: number; sum: string }>(
        `select (select count(*)::int from transfers) as transfers,
                (select count(*)::int from entries) as entries,
                (select sum(balance) from accounts) as sum`,
      );
      checkBook(this.name, { ...totals!, sumMinor: BigInt(totals!.sum) }, figures.answered);
      return cpu.figures(figures);
    } finally {
      await pool.end();
    }
  },
};

const schema = [
  `create table accounts (id text primary key, balance bigint not null default 0,
     version bigint not null default 0, updated_at timestamptz not null default now())
     with (fillfactor = 50)`,
  `create table transfers (entry_id uuid primary key, key text not null unique, source text not null,
     destination text not null, amount bigint not null, currency text not null, narration text,
     created_at timestamptz not null default now())`,
  `create table entries (account text not null, version bigint not null, entry_id uuid not null,
     amount bigint not null, balance_after bigint not null, primary key (account, version))`,
  `create table outbox (id bigint generated always as identity primary key, entry_id uuid not null)`,
];

async function post(pool: Pool, { key, source, destination, minor }: Pair): Promise<void> {
  const entryId = randomUUID();
  const connection = await pool.connect();
  const run = (name: string, text: string, values: unknown[]) =>
    connection.query<{ id: string; balance: string; version: string }>({ name, text, values });
  try {
    await connection.query('begin');
    await run(
      'insert-transfer',
      `insert into transfers (entry_id, key, source, destination, amount, currency, narration)
       values ($1, $2, $3, $4, $5, 'EUR', 'bench')`,
      [entryId, key, source, destination, minor],
    );
    const { rows } = await run(
      'lock',
      `select id, balance, version from accounts where id in ($1, $2) order by id for update`,
      [source, destination],
    );
    const after = [
      [source, -minor],
      [destination, minor],
    ].map(([id, amount]) => {
      const row = rows.find((account) => account.id === id)!;
      const balance = BigInt(row.balance) + BigInt(amount!);
      return { id, amount, balance, version: BigInt(row.version) + 1n };
    });
    for (const { id, balance, version } of after) {
      await run(
        'update',
        `update accounts set balance = $2, version = $3, updated_at = now() where id = $1`,
        [id, balance, version],
      );
    }
    await run(
      'insert-entries',
      `insert into entries (entry_id, account, version, amount, balance_after)
       values ($1, $2, $3, $4, $5), ($1, $6, $7, $8, $9)`,
      [
        entryId,
        ...after.flatMap(({ id, version, amount, balance }) => [id, version, amount, balance]),
      ],
    );
    await run('insert-outbox', `insert into outbox (entry_id) values ($1)`, [entryId]);
    await connection.query('commit');
    connection.release();
  } catch (error) {
    connection.release(true);
    throw error;
  }
}
