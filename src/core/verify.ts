// Audits the book: what the rules and constraints promise is counted again from the stored rows. Each
// check is one statement, and so one snapshot: a book in use can be audited, and passes.
import { reached, type Database } from '../engines/database.ts';
import { bookChecks } from './verify-checks.ts';

/** Breaks that are listed for a check; all are counted. */
const listedMax = 20;
const sortMemory = '256MB';

export interface BookReport {
  readonly counts: BookCounts;
  readonly checks: readonly CheckReport[];
  readonly tookMs: number;
}

export interface BookCounts {
  readonly accounts: number;
  readonly transfers: number;
  readonly refused: number;
  readonly entries: number;
  readonly outbox: number;
}

export interface CheckReport {
  /** What holds when there are no breaks, in words. */
  readonly promise: string;
  readonly breaks: number;
  /** The first of them, in words. */
  readonly listed: readonly string[];
}

/** @throws Error with one line when the database holds no book. */
export async function verifyBook(database: Database): Promise<BookReport> {
  const startedAt = performance.now();
  const [book] = await reached(
    database.query<{ exists: boolean }>(`select to_regclass('transfers') is not null as exists`),
  );
  if (!book!.exists) throw new Error('The database holds no book; atlas migrate makes one');
  const [counts] = await unhurried<BookCounts>(database, countRows);
  const checks: CheckReport[] = [];
  for (const { promise, breaks } of bookChecks) {
    const found = await unhurried<{ words: string; total: number }>(
      database,
      `with breaks as (${breaks})
       select words, (select count(*)::int from breaks) as total from breaks limit ${listedMax}`,
    );
    checks.push({ promise, breaks: found[0]?.total ?? 0, listed: found.map(({ words }) => words) });
  }
  return { counts: counts!, checks, tookMs: performance.now() - startedAt };
}

const countRows = `
  select (select count(*)::int from accounts) as accounts,
         (select count(*)::int from transfers) as transfers,
         (select count(*)::int from transfers where refused is not null) as refused,
         (select count(*)::int from entries) as entries,
         (select count(*)::int from outbox) as outbox`;

/** A whole book takes longer than the statements of a transfer may, and sorts more. */
function unhurried<R>(database: Database, sql: string): Promise<R[]> {
  return database.longTransaction(async (connection) => {
    await connection.query('set transaction read only');
    await connection.query(`set local work_mem = '${sortMemory}'`);
    return connection.query<R>(sql);
  });
}
