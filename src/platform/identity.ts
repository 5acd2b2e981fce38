// Who is asking, and what they may do: read from a verified token and nothing else.
import { ProblemError } from '../contracts/problems.ts';

export const scopes = ['transfers', 'balances', 'accounts', 'ops'] as const;
export type Scope = (typeof scopes)[number];

export interface Identity {
  readonly subject: string;
  readonly tenant: string;
  /** The accounts that the token lists, or every account of its tenant. */
  readonly accounts: ReadonlySet<string> | '*';
  readonly scopes: ReadonlySet<string>;
  /** The token says that its traffic can wait: `traffic: "bulk"`. */
  readonly bulk: boolean;
  readonly expiresAtMs: number;
  /** Undefined where the token does not say it. */
  readonly issuedAtMs: number | undefined;
  /** What a sign-out ends: the provider's session (`sid`), else this one token. */
  readonly session: string;
  /** Whether `session` is the provider's, and so may have other tokens. */
  readonly sharesSession: boolean;
}

export function mayUse(identity: Identity, accountId: string): boolean {
  return identity.accounts === '*' || identity.accounts.has(accountId);
}

/** @throws ProblemError `forbidden` when the token lacks the scope. */
export function requireScope(identity: Identity, scope: Scope): void {
  if (!identity.scopes.has(scope)) {
    throw new ProblemError('forbidden', `The token lacks the scope "${scope}".`);
  }
}

/** @throws ProblemError `forbidden`, alike for accounts that do not exist: nothing is revealed. */
export function requireAccount(identity: Identity, accountId: string): void {
  if (!mayUse(identity, accountId)) {
    throw new ProblemError('forbidden', 'The token does not list this account.');
  }
}
