// The records of a transfer on the wire: the key decides the partition and so the order, the value is
// plain JSON, and CloudEvents headers say what it is without a look inside.
import type { BalanceUpdateEvent, LedgerEvent } from '../../contracts/events.ts';
import type { TransferEvents } from '../event-log.ts';

export interface Topics {
  readonly balanceUpdates: string;
  readonly ledgerEvents: string;
}

export interface OutgoingRecord {
  topic: string;
  key: Buffer;
  value: Buffer;
  headers: Map<Buffer, Buffer>;
}

/** Two balance updates (source, destination) and one ledger event. */
export function recordsOf(transfer: TransferEvents, topics: Topics): OutgoingRecord[] {
  return [
    ...transfer.balances.map((update) => balanceRecord(update, topics.balanceUpdates)),
    ledgerRecord(transfer.ledger, topics.ledgerEvents),
  ];
}

/** Undefined when the bytes are not a balance update. Unknown fields are left out. */
export function readBalanceUpdate(value: Buffer | null): BalanceUpdateEvent | undefined {
  if (value === null) return undefined;
  try {
    const fields = JSON.parse(value.toString()) as BalanceUpdateEvent | null;
    return isBalanceUpdate(fields) ? copy(fields) : undefined;
  } catch {
    return undefined;
  }
}

function balanceRecord(update: BalanceUpdateEvent, topic: string): OutgoingRecord {
  return {
    topic,
    key: Buffer.from(update.accountId),
    value: Buffer.from(JSON.stringify(update)),
    headers: headers({
      type: balanceUpdated,
      id: `${update.entryId}/${update.accountId}`,
      time: update.updatedAt,
    }),
  };
}

function ledgerRecord(event: LedgerEvent, topic: string): OutgoingRecord {
  return {
    topic,
    key: Buffer.from(event.entryId),
    value: Buffer.from(JSON.stringify(event)),
    headers: headers({ type: transferPosted, id: event.entryId, time: event.postedAt }),
  };
}

const balanceUpdated = Buffer.from('atlas.balance.updated.v1');
const transferPosted = Buffer.from('atlas.transfer.posted.v1');
const source = Buffer.from('/atlas/core');
const specVersion = Buffer.from('1.0');
const json = Buffer.from('application/json');
const names = {
  id: Buffer.from('ce_id'),
  type: Buffer.from('ce_type'),
  source: Buffer.from('ce_source'),
  specVersion: Buffer.from('ce_specversion'),
  time: Buffer.from('ce_time'),
  contentType: Buffer.from('content-type'),
};

function headers(event: { type: Buffer; id: string; time: string }): Map<Buffer, Buffer> {
  return new Map([
    [names.id, Buffer.from(event.id)],
    [names.type, event.type],
    [names.source, source],
    [names.specVersion, specVersion],
    [names.time, Buffer.from(event.time)],
    [names.contentType, json],
  ]);
}

const wholeNumber = /^-?\d{1,19}$/;

function isBalanceUpdate(fields: BalanceUpdateEvent | null): fields is BalanceUpdateEvent {
  if (typeof fields !== 'object' || fields === null) return false;
  const { tenant, accountId, currency, entryId, updatedAt, version } = fields;
  const texts: unknown[] = [tenant, accountId, currency, entryId, updatedAt];
  const amounts: unknown[] = [fields.availableMinor, fields.pendingMinor, fields.bookedMinor];
  return (
    texts.every((text) => typeof text === 'string' && text !== '') &&
    amounts.every((amount) => typeof amount === 'string' && wholeNumber.test(amount)) &&
    Number.isSafeInteger(version) &&
    version >= 0
  );
}

function copy(fields: BalanceUpdateEvent): BalanceUpdateEvent {
  return {
    tenant: fields.tenant,
    accountId: fields.accountId,
    currency: fields.currency,
    availableMinor: fields.availableMinor,
    pendingMinor: fields.pendingMinor,
    bookedMinor: fields.bookedMinor,
    version: fields.version,
    updatedAt: fields.updatedAt,
    entryId: fields.entryId,
  };
}
