// Reads stored transfers back: what a key or an entry id came to.
import type { DecidedOutcome, StoredTransfer, TransferRequest } from '../contracts/transfers.ts';
import type { RefusalCode } from '../contracts/problems.ts';
import type { Connection } from '../engines/database.ts';
import type { EarlierDecision } from './rules.ts';
import { findByEntryId, findByKey } from './statements.ts';

/** The columns that tell a decision. */
export interface DecisionRow {
  tenant: string;
  key: string;
  entry_id: string;
  fingerprint: string;
  refused: string | null;
  refusal_detail: string | null;
  source_version: bigint | null;
  destination_version: bigint | null;
  decided_at: Date;
}

export interface TransferRow extends DecisionRow {
  subject: string;
  source: string;
  destination: string;
  amount_minor: bigint;
  currency: string;
  narration: string | null;
  effective_at: Date | null;
  metadata: Record<string, string> | null;
  context: Record<string, string> | null;
}

export async function findTransfer(
  connection: Connection,
  tenant: string,
  by: { readonly entryId: string } | { readonly key: string },
): Promise<StoredTransfer | undefined> {
  const [row] =
    'key' in by
      ? await connection.query<TransferRow>(findByKey, [tenant, by.key])
      : await connection.query<TransferRow>(findByEntryId, [tenant, by.entryId]);
  return row === undefined ? undefined : storedOf(row);
}

export function storedOf(row: TransferRow): StoredTransfer {
  return { request: requestOf(row), outcome: outcomeOf(row) };
}

export function decisionOf(row: DecisionRow): EarlierDecision {
  return { entryId: row.entry_id, fingerprint: row.fingerprint, outcome: outcomeOf(row) };
}

function outcomeOf(row: DecisionRow): DecidedOutcome {
  if (row.refused !== null) {
    return {
      status: 'refused',
      replayed: true,
      code: row.refused as RefusalCode,
      detail: row.refusal_detail ?? '',
    };
  }
  return {
    status: 'posted',
    replayed: true,
    entryId: row.entry_id,
    sourceVersion: Number(row.source_version),
    destinationVersion: Number(row.destination_version),
    postedAt: row.decided_at.toISOString(),
  };
}

function requestOf(row: TransferRow): TransferRequest {
  return {
    tenant: row.tenant,
    key: row.key,
    subject: row.subject,
    source: row.source,
    destination: row.destination,
    amountMinor: row.amount_minor,
    currency: row.currency,
    ...(row.narration === null ? {} : { narration: row.narration }),
    ...(row.effective_at === null ? {} : { effectiveAt: row.effective_at.toISOString() }),
    ...(row.metadata === null ? {} : { metadata: row.metadata }),
    ...(row.context === null ? {} : { context: row.context }),
  };
}
