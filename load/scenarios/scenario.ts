// A scenario is who comes, how often, and what the platform promises them. Its rates are the platform's
// own bars at scale 1; a run scales them to the machine that it finds.
import type { Bar } from '../bars.ts';
import type { RetryPolicy } from '../retries.ts';
import type { TrafficClass } from '../run-load.ts';
import type { Screens } from '../screens/screens.ts';
import type { Shape } from '../shapes.ts';
import type { TrafficPlace } from '../traffic.ts';

export const shapeNames = ['steady', 'step', 'ramp', 'spike', 'brown-out', 'trace'] as const;
export type ShapeName = (typeof shapeNames)[number];

export interface Scenario {
  readonly about: string;
  /** Arrivals a second at scale 1. */
  readonly lowPerSecond: number;
  readonly highPerSecond: number;
  /** Of the arrivals, those that are transfer requests and so meet that ceiling. */
  readonly transferShare: number;
  readonly shape: ShapeName;
  readonly seconds: number;
  /** At scale 1; they scale with the rates, so that each is asked for as often. */
  readonly accounts: number;
  readonly skew: number;
  readonly retry: RetryPolicy;
  readonly screens?: { readonly count: number; readonly accountsEach: number };
  readonly bars: readonly Bar[];
  classes(plan: Plan): TrafficClass[];
}

export interface Plan {
  readonly place: TrafficPlace;
  readonly shape: Shape;
  readonly retry: RetryPolicy;
  readonly screens?: Screens | undefined;
}
