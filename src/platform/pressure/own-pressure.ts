// What a role feels of itself, and how it keeps time while it does: one timer looks at the clock, the
// role ends the windows. A loop without time and a full memory are alike in every role; a queue that a
// role feeds is its own to name.
import { LoopLag, memoryUsed, Pressure, type Signal } from './pressure.ts';
import { RunningClock, tickMs, type Clock } from './running-clock.ts';

const memoryPartMax = 0.9;

export interface Felt<Queue extends string> extends Disposable {
  readonly clock: Clock;
  readonly pressure: Pressure<'loop' | 'memory' | Queue>;
}

/**
 * @param loopLagMax mean of a window, in milliseconds
 * @param queues the signals beside loop and memory
 */
export function feelPressure<Queue extends string = never>(
  loopLagMax: number,
  queues: Readonly<Record<Queue, Signal>>,
): Felt<Queue> {
  const nowMs = () => performance.now();
  const clock = new RunningClock({ nowMs });
  const lag = new LoopLag({ everyMs: tickMs, nowMs });
  const ticking = setInterval(() => {
    clock.nowMs();
    lag.tick();
  }, tickMs);
  const own = {
    loop: { limit: loopLagMax, read: () => lag.read() },
    memory: { limit: memoryPartMax, read: memoryUsed },
  };
  return {
    clock,
    pressure: new Pressure<'loop' | 'memory' | Queue>({ ...own, ...queues }),
    [Symbol.dispose]: () => clearInterval(ticking),
  };
}
