// The records on Kafka: plain JSON values (money as strings) plus CloudEvents headers. Delivery is
// at least once: consumers of `balance-updates` drop a version that is not newer than the last.
import type { BalanceBody } from './balances.ts';

/** Value of `balance-updates`; key: the account id. Two records a transfer. */
export interface BalanceUpdateEvent extends BalanceBody {
  tenant: string;
  entryId: string;
}

/** Value of `ledger-events`; key: the entry id. One record a transfer. */
export interface LedgerEvent {
  tenant: string;
  entryId: string;
  correlationId: string;
  subject: string;
  source: string;
  sourceVersion: number;
  dest: string;
  destVersion: number;
  minor: string;
  currency: string;
  narration: string | null;
  metadata: Record<string, string> | null;
  context: Record<string, string> | null;
  effectiveAt: string | null;
  postedAt: string;
}
