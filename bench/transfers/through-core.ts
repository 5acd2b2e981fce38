// The core's group commit without HTTP: the callers share this process with it.
import { randomUUID } from 'node:crypto';
import { createGroupCommit } from '../../src/core/group-commit.ts';
import { postBatch } from '../../src/core/post-batch.ts';
import type { Database } from '../../src/engines/database.ts';
import { readSettings } from '../../src/platform/settings.ts';
import { embeddedBook, postgresBook, type Book } from '../../test/books.ts';
import { closedLoop } from '../support/closed-loop.ts';
import { postgresCpu, processCpu, type CpuMeter } from '../support/cpu.ts';
import { cpuWindow, type Figures } from '../support/figures.ts';
import { accountIds, checkBook, pairs, type BookTotals, type Load, type Writer } from './load.ts';

const tenant = 'tnt_demo';
const none: CpuMeter = async () => undefined;

export const coreOnPostgres: Writer = {
  name: 'core, PostgreSQL',
  measure: (load) => measure(coreOnPostgres.name, postgresBook, postgresCpu, load),
};

export const coreOnPglite: Writer = {
  name: 'core, PGlite',
  measure: (load) => measure(coreOnPglite.name, embeddedBook, async () => none, load),
};

async function measure(
  name: string,
  openBook: () => Promise<Book>,
  databaseCpu: (database: Database) => Promise<CpuMeter>,
  load: Load,
): Promise<Figures> {
  await using book = await openBook();
  const { database } = book;
  await openAccounts(database);
  const groupCommit = await groupCommitOn(database);
  const cpu = cpuWindow(processCpu(process.pid), await databaseCpu(database));
  const next = pairs(load);
  const figures = await closedLoop({
    ...load,
    window: cpu.window,
    async call() {
      const { key, source, destination, minor } = next();
      const [outcome] = await groupCommit.post([
        {
          tenant,
          key,
          subject: 'bench',
          source,
          destination,
          amountMinor: BigInt(minor),
          currency: 'EUR',
          narration: 'bench',
        },
      ]);
      if (outcome!.status !== 'posted') throw new Error(`${name}: ${outcome!.code}`);
    },
  });
  checkBook(name, await totalsOf(database), figures.answered);
  return cpu.figures(figures);
}

async function groupCommitOn(database: Database) {
  const writerId = randomUUID();
  await database.query('insert into cache_writers (id) values ($1)', [writerId]);
  const settings = readSettings({});
  return createGroupCommit({
    connectionsMax: Math.min(settings.ATLAS_CORE_CONNECTIONS, database.connectionsMax),
    batchMax: database.engine === 'pglite' ? 64 : settings.ATLAS_CORE_BATCH,
    queueMax: settings.ATLAS_CORE_QUEUE,
    postBatch: (submissions) =>
      postBatch({ database, writerId, now: () => new Date() }, submissions),
    publish: async () => {},
    committed() {},
    struckOff() {},
  });
}

/** Accounts without a lower limit, so that every transfer posts. */
export async function openAccounts(database: Database): Promise<void> {
  await database.query(
    `insert into accounts (tenant, account_id, currency, created_at, updated_at)
     select $1, unnest($2::text[]), 'EUR', now(), now()`,
    [tenant, accountIds],
  );
}

export async function totalsOf(database: Database): Promise<BookTotals> {
  const [row] = await database.query<{ transfers: number; entries: number; sum: string }>(
    `select (select count(*)::int from transfers where refused is null) as transfers,
            (select count(*)::int from entries) as entries,
            (select sum(booked_minor) from accounts) as sum`,
  );
  return { transfers: row!.transfers, entries: row!.entries, sumMinor: BigInt(row!.sum) };
}
