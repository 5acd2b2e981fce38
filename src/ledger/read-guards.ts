// Shares the ledger's database connections out among its kinds of reads, so that none of them can take
// them all: however many listings are asked for, and however slow they are, one connection in four is
// theirs. Balances may use every connection, and of five or more at least one is left to them.
import { isConnectionFailure } from '../engines/database.ts';
import { Guard, type GuardLimits } from '../platform/guards/guard.ts';
import type { Guards } from '../platform/guards/guards.ts';

export type ReadKind = 'balances' | 'statements' | 'accounts' | 'transfers' | 'audit';
export type ReadGuards = Readonly<Record<ReadKind, Guard>>;

/** What each kind may have of so many connections. */
export function readLimits(connectionsMax: number): Readonly<Record<ReadKind, GuardLimits>> {
  const share = (part: number) => Math.max(1, Math.floor(connectionsMax / part));
  const usual = { timeoutMs: 2_000, failuresMax: 5, openMs: 500 };
  return {
    balances: { ...usual, atOnceMax: connectionsMax, waitingMax: 256 },
    statements: { ...usual, atOnceMax: share(3), waitingMax: 64 },
    accounts: { ...usual, atOnceMax: share(4), waitingMax: 64 },
    // A search may look at thousands of rows; the database ends it before its time here is over.
    transfers: { ...usual, atOnceMax: share(6), waitingMax: 16, timeoutMs: 3_000 },
    // An operator's search may be a long one.
    audit: { ...usual, atOnceMax: 1, waitingMax: 4, timeoutMs: 5_000 },
  };
}

export interface ReadGuardsOptions {
  readonly connectionsMax: number;
  readonly guards: Guards;
  /** Stands still while this process does. */
  readonly nowMs: () => number;
}

export function createReadGuards({ connectionsMax, guards, nowMs }: ReadGuardsOptions): ReadGuards {
  const limits = readLimits(connectionsMax);
  const guard = (kind: ReadKind) =>
    guards.add(
      new Guard({
        name: `book_${kind}`,
        of: 'the book',
        limits: limits[kind],
        isFailure: isConnectionFailure,
        nowMs,
      }),
    );
  return {
    balances: guard('balances'),
    statements: guard('statements'),
    accounts: guard('accounts'),
    transfers: guard('transfers'),
    audit: guard('audit'),
  };
}
