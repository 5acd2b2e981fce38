// The stages of a transfer's way, as the processes that it passed have measured them.

export const stageNames = ['admitted', 'committed', 'cached', 'published', 'delivered'] as const;
export type StageName = (typeof stageNames)[number];

/** A stage, by the clock of the process that measured it. */
export interface StageMark {
  readonly stage: StageName;
  readonly atMs: number;
  /** `delivered` only: the last of so many deliveries, where `atMs` is the first. */
  readonly lastAtMs?: number;
  /** Balances written to connections; one that watches both accounts has two. */
  readonly deliveries?: number;
}

/** What one process remembers of a transfer. */
export interface StageReport {
  readonly marks: readonly StageMark[];
  /** The stages that are measured there, and since when it has forgotten nothing. */
  readonly since: Readonly<Partial<Record<StageName, number>>>;
}
