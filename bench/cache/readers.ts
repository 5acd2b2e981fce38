// Readers by a Poisson schedule, whatever the answers take: latency counts from the moment at which a
// read was due. They ask the ledger of their own process, past HTTP, which would cost more than all that
// is measured here.
import { createHistogram } from 'node:perf_hooks';
import { pauseMs, seededRandom } from '../../src/commands/demo/random.ts';
import { accountOf, popular } from './accounts.ts';

/** Since the last report. */
export interface ReadersReport {
  readonly reads: number;
  readonly errors: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** How late reads were sent, 99th percentile: high, and this machine was the bottleneck. */
  readonly sendLagP99Ms: number;
}

export interface Readers {
  perSecond: number;
  report(): ReadersReport;
}

export function startReaders(
  accounts: number,
  read: (accountId: string) => Promise<unknown>,
): Readers {
  const random = seededRandom(1);
  const account = popular(accounts, random);
  const latencyUs = createHistogram({ highest: 600_000_000 });
  const lagUs = createHistogram({ highest: 600_000_000 });
  let counts = { reads: 0, errors: 0 };
  const readers: Readers = {
    perSecond: 0,
    report() {
      const report: ReadersReport = {
        ...counts,
        p50Ms: latencyUs.percentile(50) / 1_000,
        p99Ms: latencyUs.percentile(99) / 1_000,
        maxMs: latencyUs.max / 1_000,
        sendLagP99Ms: lagUs.percentile(99) / 1_000,
      };
      counts = { reads: 0, errors: 0 };
      latencyUs.reset();
      lagUs.reset();
      return report;
    },
  };
  void run();
  return readers;

  async function run(): Promise<void> {
    let dueAtMs = performance.now();
    for (;;) {
      if (readers.perSecond === 0) dueAtMs = performance.now() + 20;
      else dueAtMs += pauseMs(random, readers.perSecond);
      const waitMs = dueAtMs - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (readers.perSecond > 0) void one(dueAtMs);
    }
  }

  async function one(dueMs: number): Promise<void> {
    lagUs.record(microseconds(dueMs));
    await read(accountOf(account())).catch(() => (counts.errors += 1));
    counts.reads += 1;
    latencyUs.record(microseconds(dueMs));
  }
}

function microseconds(sinceMs: number): number {
  return Math.max(1, Math.round((performance.now() - sinceMs) * 1_000));
}
