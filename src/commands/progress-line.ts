// How far a command is: one line that changes on a terminal, elsewhere (a log, a pipe) a line each time. On a
// narrow terminal it says less, since a line that wraps can no longer be written over.
export interface ProgressOutput {
  readonly isTTY?: boolean;
  /** Of the terminal. */
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressLine extends Disposable {
  readonly isTerminal: boolean;
  /** `done` from 0 to 1; of the parts the more telling come first. */
  show(done: number, parts: readonly string[]): void;
}

const barWidth = 20;
/** Of a terminal that does not say. */
const usualColumns = 80;
const startOver = '\r\x1b[K';

/** Disposing takes the line off the terminal. */
export function progressLine(output: ProgressOutput): ProgressLine {
  const isTerminal = output.isTTY === true;
  return {
    isTerminal,
    show(done, parts) {
      const line = isTerminal
        ? startOver + fitting(bar(done), parts, output.columns || usualColumns)
        : `${parts.join('  ')}\n`;
      output.write(line);
    },
    [Symbol.dispose]() {
      if (isTerminal) output.write(startOver);
    },
  };
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

function bar(done: number): string {
  const full = Math.round(Math.min(1, done) * barWidth);
  return `[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}]`;
}
