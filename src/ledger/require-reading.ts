// Who may see accounts: whoever may open them, and whoever may read their balances.
import { requireScope, type Identity } from '../platform/identity.ts';

/** @throws ProblemError `forbidden` when the token has neither scope. */
export function requireReading(identity: Identity): void {
  if (!identity.scopes.has('accounts')) requireScope(identity, 'balances');
}
