// Addresses that pages link to on each other: here, so that a link loads no page but the one it leads to.

export function accountPath(accountId: string): string {
  return `/accounts/${encodeURIComponent(accountId)}`;
}

export function sendPath(accountId: string): string {
  return `${accountPath(accountId)}/send`;
}

export const newAccountPath = '/accounts?new=account';

/** @param reference an entry id or an idempotency key */
export function transferPath(reference: string): string {
  return `/transfers?find=${encodeURIComponent(reference)}`;
}
