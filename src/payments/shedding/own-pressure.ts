// What the payments role feels of itself, and how it keeps time while it does: one timer looks at the
// clock, another ends the windows.
import type { Core } from '../../contracts/core.ts';
import { LoopLag, memoryUsed, Pressure } from '../../platform/pressure.ts';
import { RunningClock, tickMs, type Clock } from '../../platform/running-clock.ts';

const memoryPartMax = 0.9;
/** As many transfers wait in the core as its connections take at once. */
const coreLoadMax = 1;

export type OwnPressure = Pressure<'loop' | 'memory' | 'pool'>;

export interface Felt extends Disposable {
  readonly clock: Clock;
  readonly pressure: OwnPressure;
}

/** @param loopLagMax mean of a window, in milliseconds */
export function feelPressure(core: Pick<Core, 'load'>, loopLagMax: number): Felt {
  const nowMs = () => performance.now();
  const clock = new RunningClock({ nowMs });
  const lag = new LoopLag({ everyMs: tickMs, nowMs });
  const ticking = setInterval(() => {
    clock.nowMs();
    lag.tick();
  }, tickMs);
  return {
    clock,
    pressure: new Pressure({
      loop: { limit: loopLagMax, read: () => lag.read() },
      memory: { limit: memoryPartMax, read: memoryUsed },
      pool: { limit: coreLoadMax, read: () => core.load() },
    }),
    [Symbol.dispose]: () => clearInterval(ticking),
  };
}
