// A loop's figures with the CPU that they cost.
import type { LoopFigures } from './closed-loop.ts';
import type { CpuMeter } from './cpu.ts';

export interface Figures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Microseconds a call, of the server's process. */
  readonly nodeCpuUs: number | undefined;
  readonly postgresCpuUs: number | undefined;
}

export type Edge = 'begin' | 'end';

/** Measures CPU between the edges of a loop's window. */
export function cpuWindow(node: CpuMeter, postgres: CpuMeter) {
  let nodeSeconds: number | undefined;
  let postgresSeconds: number | undefined;
  const take = async (sign: 1 | -1) => {
    const [a, b] = await Promise.all([node(), postgres()]);
    nodeSeconds = a === undefined ? undefined : sign * a + (nodeSeconds ?? 0);
    postgresSeconds = b === undefined ? undefined : sign * b + (postgresSeconds ?? 0);
  };
  return {
    window: (edge: Edge) => take(edge === 'begin' ? -1 : 1),
    figures({ measured, perSecond, p50Ms, p99Ms }: LoopFigures): Figures {
      const each = (seconds: number | undefined) =>
        seconds === undefined ? undefined : (seconds * 1e6) / measured;
      const nodeCpuUs = each(nodeSeconds);
      return { perSecond, p50Ms, p99Ms, nodeCpuUs, postgresCpuUs: each(postgresSeconds) };
    },
  };
}
