// Checks a system over HTTP for stale reads: writers post transfers and note what is acknowledged,
// readers ask every replica, and the history judges each answer. It knows nothing else of the system.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '../../src/commands/demo/random.ts';
import { retryPauseMs, type Ground, type Target, type Traffic } from './ground.ts';
import { History, type Counts } from './history.ts';
import { Lane } from './lane.ts';
import { openAccount, startOpener } from './opener.ts';
import { readOnce, startReader } from './reader.ts';
import { startWriter } from './writer.ts';

/** What one more reader at each ledger accepts. */
const maxStaleMs = 500;

export interface CheckOptions {
  readonly accounts: number;
  readonly writers: number;
  readonly readers: number;
  /** Pause of a writer between two transfers, and of a reader between two reads. */
  readonly restMs: number;
  readonly seed: number;
  /** Begins account ids and idempotency keys, so that each check has its own. */
  readonly name: string;
}

export interface Totals extends Counts, Traffic {
  readonly worstAgeMs: number;
}

export interface Report extends Totals {
  readonly examples: readonly string[];
  readonly tookMs: number;
  /** How late this process heard what had arrived, in 99 of 100 turns of its event loop. */
  readonly lateMs: number;
  /** CPU time of this process for each read that was judged, its share of the transfers included. */
  readonly cpuUs: number;
}

export interface Check {
  readonly totals: Totals;
  /** Has every transfer acknowledged, reads every account at every replica, and concludes. */
  stop(): Promise<Report>;
}

/** Opens the accounts, then writes and reads until it is stopped. */
export async function startCheck(target: Target, options: CheckOptions): Promise<Check> {
  const { name, seed, writers, readers, restMs } = options;
  const ground: Ground = {
    target,
    accountIds: Array.from({ length: options.accounts }, (_, i) => `${name}:${i}`),
    history: new History(),
    traffic: { acknowledged: 0, refused: {}, unexpected: [] },
    random: seededRandom(seed),
    stopping: false,
  };
  const { history, traffic } = ground;
  await openAccounts(ground);
  const startedAtMs = performance.now();
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const writing = Array.from({ length: writers }, (_, i) =>
    startWriter(ground, { name: `${name}-${i}`, restMs }),
  );
  const opening = startOpener(ground, { name, restMs });
  const reading = Array.from({ length: readers }, (_, i) =>
    startReader(ground, new Lane(target.ledgers[i % target.ledgers.length]!), { restMs }),
  );
  const accepting = target.ledgers.map((url) =>
    startReader(ground, new Lane(url), { restMs, maxStaleMs }),
  );
  const totals = (): Totals => ({
    ...history.counts,
    ...traffic,
    worstAgeMs: history.worstAgeMs,
  });
  return {
    get totals() {
      return totals();
    },
    async stop() {
      ground.stopping = true;
      await Promise.all([...writing, opening, ...reading, ...accepting]);
      delays.disable();
      const tookMs = performance.now() - startedAtMs;
      await readAll(ground);
      history.conclude();
      const { user, system } = process.cpuUsage();
      return {
        ...totals(),
        examples: history.examples,
        tookMs,
        lateMs: delays.percentile(99) / 1e6,
        cpuUs: (user + system) / history.counts.checked,
      };
    },
  };
}

async function openAccounts(ground: Ground): Promise<void> {
  const [url] = ground.target.ledgers;
  await forEachAccount(ground, url!, (lane, id) => openAccount(ground, lane, id));
}

async function readAll(ground: Ground): Promise<void> {
  for (const url of ground.target.ledgers) {
    await forEachAccount(
      ground,
      url,
      async (lane, id) => (await readOnce(ground, lane, id)) !== undefined,
    );
  }
}

/** Again and again until it is done for every account. */
async function forEachAccount(
  { accountIds, traffic }: Ground,
  url: string,
  act: (lane: Lane, accountId: string) => Promise<boolean>,
): Promise<void> {
  const lane = new Lane(url);
  for (const id of accountIds) {
    while (!(await act(lane, id))) {
      if (traffic.unexpected.length > 0) throw new Error(traffic.unexpected[0]);
      await pause(retryPauseMs);
    }
  }
  lane.close();
}
