// Core and ledger on a real book, with the cache that the task names, in a process of their own. It also
// reads and writes by Zipf's law, at rates that the parent sets.
import { randomUUID } from 'node:crypto';
import { createHistogram } from 'node:perf_hooks';
import { pauseMs, seededRandom } from '../../src/commands/demo/random.ts';
import { writerBook } from '../../src/core/cache-writers.ts';
import { startCore } from '../../src/core/index.ts';
import { migrate } from '../../src/core/migrate.ts';
import { createOutboxFeed } from '../../src/engines/outbox-feed.ts';
import { openPostgres } from '../../src/engines/postgres.ts';
import { openRedisCache, openRedisPublisher } from '../../src/engines/redis-cache.ts';
import { startLedger } from '../../src/ledger/index.ts';
import { createProcessContext } from '../../src/platform/context.ts';
import { readSettings } from '../../src/platform/settings.ts';
import { deleteOnWrite } from './delete-on-write.ts';
import { startReaders, type ReadersReport } from './readers.ts';
import { accountOf, popular } from './accounts.ts';

export interface ServerTask {
  readonly cache: 'versions' | 'delete on write';
  readonly lifeMs: number;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly folder: string;
  readonly accounts: number;
}

/** What the parent says; it is answered with a ServerReport, since the last one. */
export interface ServerOrder {
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
}

export interface ServerReport extends ReadersReport {
  readonly transfers: number;
  /** From due to acknowledged. */
  readonly ackP50Ms: number;
  readonly ackP99Ms: number;
  readonly ackMaxMs: number;
  /** databaseCallsSaved and the others as the ledger's statistics say. */
  readonly saved: number;
  readonly hits: number;
  readonly misses: number;
  readonly bypasses: number;
}

type Stats = Record<'databaseCallsSaved' | 'hits' | 'misses' | 'bypasses', number>;

const tenant = 'tnt_demo';
const task = JSON.parse(process.argv[2]!) as ServerTask;
const settings = readSettings({
  ATLAS_DATA: task.folder,
  ATLAS_LEDGER_PORT: '0',
  ATLAS_CORE_PORT: '0',
  ATLAS_LOG_LEVEL: 'error',
  REDIS: task.redisUrl,
  CACHE_TTL_MS: String(task.lifeMs),
});
const context = await createProcessContext(settings, { development: true });
const pool = (applicationName: string, connectionsMax: number) =>
  openPostgres({
    url: task.databaseUrl,
    connectionsMax,
    connectTimeoutMs: 5_000,
    statementTimeoutMs: 10_000,
    applicationName,
  });
const writing = await pool('bench-core', settings.ATLAS_CORE_CONNECTIONS + 3);
await migrate(writing);
const writerId = randomUUID();
const { cache, publisher } = engines();
const core = await startCore(context, {
  database: writing,
  publisher,
  events: createOutboxFeed(),
  writerId,
});
const ledger = await startLedger(context, {
  database: await pool('bench-ledger', settings.ATLAS_READ_CONNECTIONS),
  cache,
  core: core.core,
});
const token = await context.developmentKeys!.sign({
  tenant,
  subject: 'bench',
  accounts: '*',
  scope: 'balances ops',
  ttlSeconds: 3_600,
});
const readers = startReaders(task.accounts, (id) => ledger.balances.read(token, id));
let order: ServerOrder = { readsPerSecond: 0, writesPerSecond: 0 };
let transfers = 0;
const ackUs = createHistogram({ highest: 600_000_000 });
let before: Stats = { databaseCallsSaved: 0, hits: 0, misses: 0, bypasses: 0 };
process.on('message', (next: ServerOrder | { readonly warm: number }) => void follow(next));
process.once('disconnect', () => process.exit());
process.send!('ready');
void write();

async function follow(next: ServerOrder | { readonly warm: number }): Promise<void> {
  if ('warm' in next) await warm(next.warm);
  else order = next;
  readers.perSecond = order.readsPerSecond;
  process.send!(await report());
}

async function write(): Promise<void> {
  const random = seededRandom(11);
  const account = popular(task.accounts, random);
  let dueAtMs = performance.now();
  for (;;) {
    if (order.writesPerSecond === 0) dueAtMs = performance.now() + 20;
    else dueAtMs += pauseMs(random, order.writesPerSecond);
    const waitMs = dueAtMs - performance.now();
    if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
    if (order.writesPerSecond > 0) void transfer(account(), account(), dueAtMs);
  }
}

async function transfer(source: number, destination: number, dueMs: number): Promise<void> {
  if (source === destination) return;
  await core.core.post([
    {
      tenant,
      key: randomUUID(),
      subject: 'bench',
      source: accountOf(source),
      destination: accountOf(destination),
      amountMinor: 1n,
      currency: 'EUR',
    },
  ]);
  transfers += 1;
  ackUs.record(Math.max(1, Math.round((performance.now() - dueMs) * 1_000)));
}

/** Every account is read once. */
async function warm(accounts: number): Promise<void> {
  for (let i = 0; i < accounts; i += 100) {
    const some = Array.from({ length: 100 }, (_, j) => accountOf(i + j));
    await Promise.all(some.map((id) => ledger.balances.read(token, id)));
  }
}

async function report(): Promise<ServerReport> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${ledger.url}/ledger/cache/stats`, { headers });
  const now = (await answer.json()) as Stats;
  const since = {
    transfers,
    ackP50Ms: ackUs.percentile(50) / 1_000,
    ackP99Ms: ackUs.percentile(99) / 1_000,
    ackMaxMs: ackUs.max / 1_000,
    saved: now.databaseCallsSaved - before.databaseCallsSaved,
    hits: now.hits - before.hits,
    misses: now.misses - before.misses,
    bypasses: now.bypasses - before.bypasses,
    ...readers.report(),
  };
  transfers = 0;
  ackUs.reset();
  before = now;
  return since;
}

function engines() {
  if (task.cache === 'delete on write') return deleteOnWrite(task.redisUrl, task.lifeMs);
  const { log } = context.forRole('bench');
  return {
    cache: openRedisCache({ settings, log }),
    publisher: openRedisPublisher({ settings, log, writerId, book: writerBook(writing, writerId) }),
  };
}
