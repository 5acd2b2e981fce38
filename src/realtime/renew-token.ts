// A new token for an open connection, so that a screen lives longer than the token that opened it.
// Whatever the new one no longer allows ends at once, and the client is told.
import { hubEvents, type SubscriptionEnded, type TokenRenewed } from '../contracts/hub.ts';
import { mayUse, type Identity } from '../platform/identity.ts';
import type { TokenVerifier } from '../platform/tokens.ts';
import type { FanOut } from './fan-out.ts';
import { refusal } from './refusals.ts';
import type { Client } from './users.ts';

export interface Renewing {
  readonly verifier: TokenVerifier;
  readonly fanOut: FanOut;
}

/**
 * The connection ends with the new token from now on, also where that is earlier.
 * @throws ProblemError `unauthenticated`; HubError `forbidden` for a token of somebody else.
 */
export async function renewToken(
  { verifier, fanOut }: Renewing,
  { connection, watcher }: Client,
  token: string,
): Promise<TokenRenewed> {
  const caller = connection.identity;
  const identity = await verifier.verify(token);
  if (identity.tenant !== caller.identity.tenant || identity.subject !== caller.identity.subject) {
    throw refusal('forbidden', 'The token is not one of the user who has connected.');
  }
  caller.identity = identity;
  caller.token = token;
  watcher.token = token;
  connection.expiresAtMs = identity.expiresAtMs;
  for (const accountId of watcher.watches.keys()) {
    if (maySee(identity, accountId)) continue;
    fanOut.unwatch(watcher, accountId);
    const ended: SubscriptionEnded = { accountId, code: 'forbidden' };
    connection.send(hubEvents.subscriptionEnded, [ended]);
  }
  return { expiresAt: new Date(identity.expiresAtMs).toISOString() };
}

function maySee(identity: Identity, accountId: string): boolean {
  return identity.scopes.has('balances') && mayUse(identity, accountId);
}
