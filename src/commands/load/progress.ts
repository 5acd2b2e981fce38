// How a load stands: one line that changes on a terminal, elsewhere (a log, a pipe) a line a second. On a
// narrow terminal it says less, since a line that wraps can no longer be written over.
import type { Live } from '../../../load/run-scenario.ts';

export interface ProgressOptions {
  readonly output: {
    readonly isTTY?: boolean;
    /** Of the terminal. */
    readonly columns?: number;
    write(text: string): unknown;
  };
  readonly seconds: number;
}

export interface LoadProgress extends Disposable {
  show(live: Live): void;
}

const barWidth = 20;
/** Of a terminal that does not say. */
const usualColumns = 80;

export function showLoad({ output, seconds }: ProgressOptions): LoadProgress {
  const isTerminal = output.isTTY === true;
  let before = countsOf();
  return {
    show(live) {
      const now = countsOf(live);
      const atSeconds = Math.round(live.atMs / 1_000);
      const parts = [`${String(atSeconds).padStart(3)} s`, ...partsOf(now, before, live)];
      before = now;
      const share = Math.min(1, live.atMs / 1_000 / seconds);
      const columns = output.columns || usualColumns;
      output.write(
        isTerminal ? `\r\x1b[K${fitting(bar(share), parts, columns)}` : `${parts.join('  ')}\n`,
      );
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

/** The more telling first. */
function partsOf(now: Counts, before: Counts, { server, screensConnected }: Live): string[] {
  const each = (of: keyof Counts) => `${of} ${now[of] - before[of]}/s`;
  const parts = [each('offered'), each('good'), each('shed'), each('failed')];
  parts.push(`in flight ${now.inFlight}`, each('sent'));
  if (server?.shedding !== undefined) parts.push(`tokens ${server.shedding.tokensAvailable}`);
  if (screensConnected !== undefined) parts.push(`screens ${screensConnected}`);
  return parts;
}

/** As many of the parts as there is room for; the last column stays free, as some terminals wrap at it. */
function fitting(start: string, parts: readonly string[], columns: number): string {
  let line = start;
  for (const part of parts) {
    if (line.length + 2 + part.length >= columns) break;
    line += `  ${part}`;
  }
  return line;
}

function bar(share: number): string {
  const full = Math.round(share * barWidth);
  return `[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}]`;
}
