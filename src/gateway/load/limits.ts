/** Every limit of a load by its name; what may be ordered is in contracts/load-run.ts. */
export const limits = {
  /** For opening accounts before the run, and for the last answers after it. */
  aroundMs: 120_000,
  /** From being asked to stop until it is ended. */
  stopMs: 10_000,
  /** Seconds that are kept of a run. */
  momentsMax: 600,
  errorLengthMax: 500,
} as const;
