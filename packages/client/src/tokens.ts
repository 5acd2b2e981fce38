// Where tokens come from. The source is asked before each call and never cached here: who signs in
// and renews knows best which token is the current one.

/**
 * A token, or a function that returns the current one. After a 401 it is asked once more with the
 * token that was `refused`; the same again means that there is no better one.
 */
export type TokenSource =
  | string
  | ((asked: { readonly refused?: string }) => string | Promise<string>);

export interface Tokens {
  current(): Promise<string>;
  /** Another token than the one that was refused, or undefined. */
  instead(refused: string): Promise<string | undefined>;
}

export function createTokens(source: TokenSource): Tokens {
  return {
    current: async () => (typeof source === 'string' ? source : source({})),
    async instead(refused) {
      if (typeof source === 'string') return undefined;
      const token = await source({ refused });
      return token === refused ? undefined : token;
    },
  };
}

/** What a token says of itself; its signature is the server's business. */
export interface Claims {
  readonly tenant: string;
  readonly subject: string;
  /** Accounts that it may see and debit; `*` for all of its tenant. */
  readonly accounts: '*' | readonly string[];
  readonly scopes: readonly string[];
  readonly expiresAtMs: number;
}

/** Undefined for what is no token of Atlas. */
export function readClaims(token: string): Claims | undefined {
  try {
    const payload = token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
    const text = decodeURIComponent(
      Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    );
    const { tenant, sub, accounts, scope, exp } = JSON.parse(text) as Record<string, unknown>;
    if (typeof tenant !== 'string' || typeof sub !== 'string' || typeof exp !== 'number') {
      return undefined;
    }
    return {
      tenant,
      subject: sub,
      accounts: readAccounts(accounts),
      scopes: typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [],
      expiresAtMs: exp * 1_000,
    };
  } catch {
    return undefined;
  }
}

function readAccounts(accounts: unknown): '*' | readonly string[] {
  if (Array.isArray(accounts)) return accounts.includes('*') ? '*' : accounts.map(String);
  return accounts === '*' ? '*' : [];
}
