// What the console makes of a token beyond its claims: what to offer, and where it may be kept. The signature is
// the server's business; what is read here only decides what to show.
import type { Claims } from '@atlas/client';

/** Made with the key of `atlas up`, which is worth nothing beyond its machine. */
export function isDevelopmentToken(token: string): boolean {
  try {
    const header = JSON.parse(atob(base64Of(token.split('.', 1)[0]!))) as { kid?: unknown };
    return header.kid === 'development';
  } catch {
    return false;
  }
}

/** Whether the token may debit this account. */
export function mayDebit(claims: Claims, accountId: string): boolean {
  const own = claims.accounts === '*' || claims.accounts.includes(accountId);
  return own && claims.scopes.includes('transfers');
}

export function mayTheSame(a: Claims, b: Claims): boolean {
  const text = ({ accounts, scopes }: Claims) => JSON.stringify([accounts, scopes]);
  return text(a) === text(b);
}

/**
 * Takes the token out of a signed-in link (`/#token=…`) and out of the address bar, so that it
 * stays neither in the history nor in a screenshot. A fragment never reaches a server or its logs.
 */
export function takeTokenFromAddress(
  location: Pick<Location, 'hash' | 'pathname' | 'search'>,
  history: Pick<History, 'replaceState'>,
): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return undefined;
  history.replaceState(null, '', location.pathname + location.search);
  return token.trim() || undefined;
}

function base64Of(base64Url: string): string {
  return base64Url.replaceAll('-', '+').replaceAll('_', '/');
}
