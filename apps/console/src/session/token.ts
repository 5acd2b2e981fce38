// A token as the console sees it: who it speaks for and until when. The signature is the server's
// business; what is read here only decides what to show.

export interface Claims {
  readonly tenant: string;
  readonly subject: string;
  /** Accounts that the token may see and debit, or '*' for all of its tenant. */
  readonly accounts: '*' | readonly string[];
  readonly scopes: readonly string[];
  readonly expiresAtMs: number;
}

/** Reads the claims of a JWT, or undefined when this is not a token of Atlas. */
export function readClaims(token: string): Claims | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || !signature) return undefined;
  try {
    const claims = JSON.parse(decodeBase64Url(payload)) as Record<string, unknown>;
    const { tenant, sub, accounts, scope, exp } = claims;
    if (typeof tenant !== 'string' || typeof exp !== 'number') return undefined;
    return {
      tenant,
      subject: typeof sub === 'string' ? sub : '',
      accounts: readAccounts(accounts),
      scopes: typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [],
      expiresAtMs: exp * 1_000,
    };
  } catch {
    return undefined;
  }
}

/** Made with the key of `atlas up`, which is worth nothing beyond its machine. */
export function isDevelopmentToken(token: string): boolean {
  try {
    const header = JSON.parse(decodeBase64Url(token.split('.', 1)[0]!)) as { kid?: unknown };
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

function readAccounts(accounts: unknown): '*' | readonly string[] {
  if (Array.isArray(accounts)) return accounts.includes('*') ? '*' : accounts.map(String);
  return accounts === '*' ? '*' : [];
}

function decodeBase64Url(text: string): string {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.codePointAt(0) ?? 0));
}
