// What an operator may ask a load for. Enough to see the platform refuse on a laptop, and no more than it
// gets over in a minute or two.
import type { ScenarioName } from '../../../load/scenarios/index.ts';

/** Scenarios that are offered, and the most arrivals a second of each, its spike aside. */
export const ratesMax = {
  transfers: 2_000,
  reads: 5_000,
  shedding: 300,
} as const satisfies Partial<Record<ScenarioName, number>>;

export const limits = {
  secondsMin: 5,
  secondsMax: 120,
  /** For opening accounts before the run, and for the last answers after it. */
  aroundMs: 120_000,
  /** From being asked to stop until it is ended. */
  stopMs: 10_000,
  /** Seconds that are kept of a run. */
  momentsMax: 600,
  errorLengthMax: 500,
} as const;
