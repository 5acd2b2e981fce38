// Turns a transfer in the outbox into the three records that the world hears of it.
import type { BalanceUpdateEvent } from '../contracts/events.ts';
import type { TransferEvents } from '../engines/event-log.ts';

export interface OutboxRow {
  outbox_id: bigint;
  tenant: string;
  entry_id: string;
  key: string;
  subject: string;
  source: string;
  destination: string;
  amount_minor: bigint;
  currency: string;
  narration: string | null;
  effective_at: Date | null;
  metadata: Record<string, string> | null;
  context: Record<string, string> | null;
  source_version: bigint;
  destination_version: bigint;
  decided_at: Date;
  source_after: bigint;
  destination_after: bigint;
}

export function eventsOf(row: OutboxRow): TransferEvents {
  const postedAt = row.decided_at.toISOString();
  const balance = (accountId: string, after: bigint, version: bigint): BalanceUpdateEvent => ({
    tenant: row.tenant,
    accountId,
    currency: row.currency,
    availableMinor: String(after),
    pendingMinor: '0',
    bookedMinor: String(after),
    version: Number(version),
    updatedAt: postedAt,
    entryId: row.entry_id,
  });
  return {
    outboxId: row.outbox_id,
    balances: [
      balance(row.source, row.source_after, row.source_version),
      balance(row.destination, row.destination_after, row.destination_version),
    ],
    ledger: {
      tenant: row.tenant,
      entryId: row.entry_id,
      correlationId: row.key,
      subject: row.subject,
      source: row.source,
      sourceVersion: Number(row.source_version),
      dest: row.destination,
      destVersion: Number(row.destination_version),
      minor: String(row.amount_minor),
      currency: row.currency,
      narration: row.narration,
      metadata: row.metadata,
      context: row.context,
      effectiveAt: row.effective_at?.toISOString() ?? null,
      postedAt,
    },
  };
}
