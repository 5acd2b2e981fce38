// Where figures come from: the roles themselves, or Prometheus. Both answer with series over a window, so
// that all that is made of them is made in one place.
import type { History, Window } from '../../contracts/telemetry.ts';

export interface ReplicaSeen {
  readonly node: string;
  readonly role: string;
  /** Of the program; null: it is not known. */
  readonly version: string | null;
  /** ISO 8601. */
  readonly startedAt: string | null;
  /** `gone`: it was there in the range and is no longer. What it did is missing, unless Prometheus has it. */
  readonly state: 'answered' | 'unanswered' | 'gone';
}

export interface Heard {
  /** All replicas together. */
  readonly history: History;
  readonly replicas: readonly ReplicaSeen[];
  /** Nothing is missing: every replica that was there in the window has been heard. */
  readonly complete: boolean;
}

export interface TelemetrySource {
  readonly rangeSecondsMax: number;
  /** Some 120 steps that end now. */
  windowOf(rangeSeconds: number): Window;
  read(window: Window): Promise<Heard>;
}

const stepsAimed = 120;

/** A step is a whole number of these long, and enough of them that the range has about 120 steps. */
export function stepMsOf(rangeSeconds: number, unitMs: number): number {
  return Math.max(1, Math.ceil((rangeSeconds * 1_000) / stepsAimed / unitMs)) * unitMs;
}
