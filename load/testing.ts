// Hand-made results of runs, for tests of what is said about them, and a machine that has little to give.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Facts } from './bars.ts';
import { Recorder, type ClassFigures } from './recorder.ts';
import { judge } from './outcomes.ts';
import type { Phase } from './shapes.ts';

const ok = judge({ status: 200, head: '', body: '' });

export interface MadeArrival {
  readonly dueAtMs: number;
  /** Undefined: shed, and not tried again. */
  readonly latencyMs: number | undefined;
}

const busy = judge({ status: 503, head: '', body: '{"code":"overloaded"}' });

/** Figures as if these had arrived, in order of time. */
export function madeClass(arrivals: readonly MadeArrival[]): ClassFigures {
  const recorder = new Recorder({ deadlineMs: 500, slotsMs: [1_000, 100] });
  for (const { dueAtMs, latencyMs } of arrivals) {
    recorder.arrived(dueAtMs);
    recorder.sent(dueAtMs, false);
    const answeredAtMs = dueAtMs + (latencyMs ?? 1);
    recorder.answered(dueAtMs, answeredAtMs, latencyMs === undefined ? busy : ok);
    recorder.settled(dueAtMs, answeredAtMs, latencyMs !== undefined);
  }
  return recorder.figures();
}

export function madeFacts(
  classes: Readonly<Record<string, ClassFigures>>,
  more: Partial<Omit<Facts, 'load'>> & { readonly phases?: readonly Phase[] } = {},
): Facts {
  const { phases = [], server = [], screens } = more;
  const none = { count: 0, meanMs: 0, p50Ms: 0, p90Ms: 0, p99Ms: 0, p999Ms: 0, maxMs: 0 };
  return {
    load: {
      startedAt: '2026-11-25T12:00:00.000Z',
      seconds: phases.at(-1)?.toSeconds ?? 10,
      seed: 1,
      deadlineMs: 500,
      phases,
      classes,
      generator: {
        sendLag: { ...none, count: 1, p99Ms: 1.5 },
        sendLagMaxMs: 20,
        cpu: [0.1, 0.2],
        cpuSeconds: 0.3,
        socketsMost: 3,
        socketsMax: 8_192,
        withoutSocket: 0,
        resent: 0,
      },
      voidBecause: [],
    },
    server,
    ...(screens === undefined ? {} : { screens }),
  };
}

/** What a program (an ES module) says that may have so many files and sockets open. */
export async function withFiles(filesMax: number, program: string): Promise<string> {
  const node = [process.execPath, '--no-warnings', '--input-type=module', '-e', program];
  const script = `ulimit -n ${filesMax}; exec "$@"`;
  const { stdout } = await promisify(execFile)('sh', ['-c', script, 'sh', ...node]);
  return stdout;
}
