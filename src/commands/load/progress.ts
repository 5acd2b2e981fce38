// How a load stands: one line that changes on a terminal, elsewhere (a log, a pipe) a line a second.
import type { Live } from '../../../load/run-scenario.ts';

export interface ProgressOptions {
  readonly output: { readonly isTTY?: boolean; write(text: string): unknown };
  readonly seconds: number;
}

export interface LoadProgress extends Disposable {
  show(live: Live): void;
}

const barWidth = 20;

export function showLoad({ output, seconds }: ProgressOptions): LoadProgress {
  const isTerminal = output.isTTY === true;
  let before = countsOf();
  return {
    show(live) {
      const now = countsOf(live);
      const atSeconds = Math.round(live.atMs / 1_000);
      const line = `${String(atSeconds).padStart(3)} s  ${describe(now, before, live)}`;
      before = now;
      const share = Math.min(1, live.atMs / 1_000 / seconds);
      output.write(isTerminal ? `\r\x1b[K${bar(share)} ${line}` : `${line}\n`);
    },
    [Symbol.dispose]() {
      if (isTerminal) output.write('\r\x1b[K');
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

function describe(now: Counts, before: Counts, { server, screensConnected }: Live): string {
  const each = (of: keyof Counts) => `${of} ${now[of] - before[of]}/s`;
  const parts = [each('offered'), each('sent'), each('good'), each('shed'), each('failed')];
  parts.push(`in flight ${now.inFlight}`);
  if (server?.shedding !== undefined) parts.push(`tokens ${server.shedding.tokensAvailable}`);
  if (screensConnected !== undefined) parts.push(`screens ${screensConnected}`);
  return parts.join('  ');
}

function bar(share: number): string {
  const full = Math.round(share * barWidth);
  return `[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}]`;
}
