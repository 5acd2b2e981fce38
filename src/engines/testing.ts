// Transfers as the relay hands them on, for the tests of the event logs.
import type { BalanceUpdateEvent } from '../contracts/events.ts';
import type { BalanceListener, TransferEvents } from './event-log.ts';

const postedAt = '2026-11-24T09:00:00.000Z';

/** The nth transfer between two accounts, which makes version n of both. */
export function transferAt(
  version: number,
  source = 'acc_a',
  destination = 'acc_b',
): TransferEvents {
  const entryId = `00000000-0000-7000-8000-${String(version).padStart(12, '0')}`;
  const balance = (accountId: string, minor: number): BalanceUpdateEvent => ({
    tenant: 'tnt_demo',
    accountId,
    currency: 'NGN',
    availableMinor: String(minor),
    pendingMinor: '0',
    bookedMinor: String(minor),
    version,
    updatedAt: postedAt,
    entryId,
  });
  return {
    outboxId: BigInt(version),
    balances: [balance(source, -version), balance(destination, version)],
    ledger: {
      tenant: 'tnt_demo',
      entryId,
      correlationId: `key-${version}`,
      subject: 'ada',
      source,
      sourceVersion: version,
      dest: destination,
      destVersion: version,
      minor: '1',
      currency: 'NGN',
      narration: null,
      metadata: null,
      context: null,
      effectiveAt: null,
      postedAt,
    },
  };
}

/** Remembers what it hears and lets a test wait for it. */
export function createRecorder(): BalanceListener & {
  readonly updates: BalanceUpdateEvent[];
  readonly counts: { gap: number; undecodable: number; failed: number };
  until(condition: () => boolean): Promise<void>;
} {
  const updates: BalanceUpdateEvent[] = [];
  const counts = { gap: 0, undecodable: 0, failed: 0 };
  const waiting = new Set<() => void>();
  const count = (what: keyof typeof counts) => () => {
    counts[what] += 1;
    for (const look of waiting) look();
  };
  return {
    updates,
    counts,
    update(update) {
      updates.push(update);
      for (const look of waiting) look();
    },
    gap: count('gap'),
    undecodable: count('undecodable'),
    failed: count('failed'),
    until: (condition) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!condition()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}
