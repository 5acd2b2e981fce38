// How far an import is: a bar on a terminal, elsewhere (a log, a pipe) a line a second.
import type { Totals } from './post-transfers.ts';

const redrawMs = 100;
const lineMs = 1_000;
const barWidth = 24;

export interface ProgressOptions {
  readonly output: { readonly isTTY?: boolean; write(text: string): unknown };
  /** Rows in the file. */
  readonly rows: number;
  readonly totals: Totals;
}

export interface Progress extends Disposable {
  /** Says why nothing moves at the moment. */
  waiting(reason: string): void;
}

export function showProgress({ output, rows, totals }: ProgressOptions): Progress {
  const startedAt = performance.now();
  const isTerminal = output.isTTY === true;
  let note = '';
  let doneAtNote = 0;
  const show = () => {
    const done = totals.posted + totals.replayed + totals.refused;
    if (done > doneAtNote) note = '';
    const seconds = (performance.now() - startedAt) / 1_000;
    const line = describeProgress({ done, rows, seconds, refused: totals.refused });
    const text = note === '' ? line : `${line}, waiting: ${note}`;
    output.write(isTerminal ? `\r\x1b[K${bar(done / rows)} ${text}` : `${text}\n`);
  };
  const timer = setInterval(show, isTerminal ? redrawMs : lineMs);
  return {
    waiting(reason) {
      note = reason;
      doneAtNote = totals.posted + totals.replayed + totals.refused;
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      if (isTerminal) output.write('\r\x1b[K');
    },
  };
}

export function describeProgress(state: {
  readonly done: number;
  readonly rows: number;
  readonly seconds: number;
  readonly refused: number;
}): string {
  const { done, rows, seconds, refused } = state;
  const perSecond = done / seconds;
  const left = perSecond > 0 ? `, ${Math.ceil((rows - done) / perSecond)} s left` : '';
  const refusedNote = refused > 0 ? `, ${refused} refused` : '';
  const percent = Math.floor((100 * done) / rows);
  return `${percent} % (${done} of ${rows}), ${Math.round(perSecond)}/s${left}${refusedNote}`;
}

function bar(share: number): string {
  const full = Math.round(share * barWidth);
  return `[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}]`;
}
