// How a load stands, each second: what was offered and what became of it, how much is under way.
import type { Live } from '../../../load/run-scenario.ts';
import { progressLine, type ProgressOutput } from '../progress-line.ts';

export interface ProgressOptions {
  readonly output: ProgressOutput;
  readonly seconds: number;
}

export interface LoadProgress extends Disposable {
  show(live: Live): void;
}

export function showLoad({ output, seconds }: ProgressOptions): LoadProgress {
  const line = progressLine(output);
  let before = countsOf();
  return {
    show(live) {
      const now = countsOf(live);
      const atSeconds = Math.round(live.atMs / 1_000);
      const parts = [`${String(atSeconds).padStart(3)} s`, ...partsOf(now, before, live)];
      before = now;
      line.show(live.atMs / 1_000 / seconds, parts);
    },
    [Symbol.dispose]() {
      line[Symbol.dispose]();
    },
  };
}

interface Counts {
  readonly offered: number;
  readonly sent: number;
  readonly good: number;
  readonly shed: number;
  readonly failed: number;
  readonly inFlight: number;
}

function countsOf(live?: Live): Counts {
  const sum = { offered: 0, sent: 0, good: 0, shed: 0, failed: 0, inFlight: 0 };
  for (const recorder of live?.classes.values() ?? []) {
    sum.offered += recorder.offered;
    sum.sent += recorder.sentCount;
    sum.good += recorder.good;
    sum.shed += recorder.shedCount;
    sum.failed += recorder.failedCount;
    sum.inFlight += recorder.inFlight;
  }
  return sum;
}

/** The more telling first. */
function partsOf(now: Counts, before: Counts, { server, screensConnected }: Live): string[] {
  const each = (of: keyof Counts) => `${of} ${now[of] - before[of]}/s`;
  const parts = [each('offered'), each('good'), each('shed'), each('failed')];
  parts.push(`in flight ${now.inFlight}`, each('sent'));
  if (server?.shedding !== undefined) parts.push(`tokens ${server.shedding.tokensAvailable}`);
  if (screensConnected !== undefined) parts.push(`screens ${screensConnected}`);
  return parts;
}
