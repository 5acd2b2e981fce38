// How far an import is: rows done, their rate, the time that is left, and why nothing moves.
import { progressLine, type ProgressOutput } from '../progress-line.ts';
import type { Totals } from './post-transfers.ts';

const redrawMs = 100;
const lineMs = 1_000;

export interface ProgressOptions {
  readonly output: ProgressOutput;
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
  const line = progressLine(output);
  let note = '';
  let doneAtNote = 0;
  const done = () => totals.posted + totals.replayed + totals.refused;
  const show = () => {
    if (done() > doneAtNote) note = '';
    const seconds = (performance.now() - startedAt) / 1_000;
    const parts = partsOf({ done: done(), rows, seconds, refused: totals.refused });
    if (note !== '') parts.push(`waiting: ${note}`);
    line.show(done() / rows, parts);
  };
  const timer = setInterval(show, line.isTerminal ? redrawMs : lineMs);
  return {
    waiting(reason) {
      note = reason;
      doneAtNote = done();
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      line[Symbol.dispose]();
    },
  };
}

interface State {
  readonly done: number;
  readonly rows: number;
  readonly seconds: number;
  readonly refused: number;
}

function partsOf({ done, rows, seconds, refused }: State): string[] {
  const perSecond = done / seconds;
  const percent = Math.floor((100 * done) / rows);
  const parts = [`${percent} % (${done} of ${rows})`, `${Math.round(perSecond)}/s`];
  if (perSecond > 0) parts.push(`${Math.ceil((rows - done) / perSecond)} s left`);
  if (refused > 0) parts.push(`${refused} refused`);
  return parts;
}
