// How a load tells what it does: in words to a person, or with `--progress json` a line for each message to
// a program that follows it.
import { resultOf, secondOf, type LoadMessage } from '../../../load/messages.ts';
import { describeReport, type LoadReport } from '../../../load/result.ts';
import type { Live } from '../../../load/run-scenario.ts';
import { showLoad, type LoadProgress } from './progress.ts';

export const voices = ['words', 'json'] as const;
export type VoiceName = (typeof voices)[number];

export interface LoadVoice {
  /** For people only. */
  say(...lines: string[]): void;
  begin(seconds: number): LoadProgress;
  result(report: LoadReport): void;
}

export function loadVoice(name: VoiceName, output: NodeJS.WriteStream = process.stdout): LoadVoice {
  return name === 'json' ? inJson(output) : inWords(output);
}

function inWords(output: NodeJS.WriteStream): LoadVoice {
  const say = (...lines: string[]) => {
    output.write(lines.map((line) => `${line}\n`).join(''));
  };
  return {
    say,
    begin: (seconds) => showLoad({ output, seconds }),
    result: (report) => say('', describeReport(report)),
  };
}

function inJson(output: NodeJS.WriteStream): LoadVoice {
  const tell = (message: LoadMessage) => void output.write(`${JSON.stringify(message)}\n`);
  return {
    say: () => undefined,
    begin: () => ({ show: (live: Live) => tell(secondOf(live)), [Symbol.dispose]() {} }),
    result: (report) => tell(resultOf(report)),
  };
}
