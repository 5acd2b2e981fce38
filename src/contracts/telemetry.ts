// What a role tells the gateway of itself, in one shape wherever it comes from: its series over a time, as
// cells that can be added up over replicas, and how it and its engines are.

/** Steps of equal length, one after the other. */
export interface Window {
  /** ms since 1970. */
  readonly fromMs: number;
  readonly stepMs: number;
  readonly steps: number;
}

/** One series, or the part of it that has these values of its labels. */
export interface Cell {
  readonly series: string;
  /** Values of the labels that the series is kept apart by. */
  readonly of: Readonly<Record<string, string>>;
  /** A counter: how much it rose in each step. A gauge: where it stood; null: it is not known. */
  readonly points: readonly (number | null)[];
  /** A histogram: how much each bucket rose in each step, beyond the one below it; [] for not at all. */
  readonly buckets?: readonly (readonly number[])[];
}

export interface History {
  /** Seconds of each step that are known. */
  readonly coveredSeconds: readonly number[];
  readonly cells: readonly Cell[];
}

export const needs = ['book', 'events', 'cache'] as const;
export type Need = (typeof needs)[number];

/** What was checked, whether it passed, and since when it has been so. */
export interface CheckState {
  readonly name: string;
  readonly up: boolean;
  /** ISO 8601. */
  readonly since: string;
}

/** An engine as one role sees it. */
export interface EngineState {
  readonly need: Need;
  /** postgres, pglite, kafka, outbox, redis or memory. */
  readonly engine: string;
  readonly up: boolean;
  readonly since: string;
  /** As it says itself; null: it does not. */
  readonly version: string | null;
}

export interface RoleState {
  readonly ready: boolean;
  readonly since: string;
  readonly checks: readonly CheckState[];
  readonly engines: readonly EngineState[];
}
