// What a key stands for: a hash of everything that was asked under it, so that a replay with another
// body is told apart from an honest retry. Order of object members does not count.
import { hash } from 'node:crypto';
import type { TransferRequest } from '../contracts/transfers.ts';

/** SHA-256 in hex over the request's content; tenant, key and subject are not part of it. */
export function fingerprintOf(request: TransferRequest): string {
  return hash(
    'sha256',
    JSON.stringify([
      request.source,
      request.destination,
      String(request.amountMinor),
      request.currency,
      request.narration ?? null,
      request.effectiveAt ?? null,
      sorted(request.metadata),
      sorted(request.context),
    ]),
  );
}

function sorted(object: Readonly<Record<string, string>> | undefined): [string, string][] | null {
  if (object === undefined) return null;
  return Object.entries(object).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
