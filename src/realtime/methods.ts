// The hub's methods. The token is asked again at every subscription: its scope, its accounts and its
// end may differ from what the connection was opened for.
import type { Hub, HubConnection } from '@atlas/signalr';
import { Type } from 'typebox';
import { hubMethods } from '../contracts/hub.ts';
import { AccountId } from '../contracts/transfers.ts';
import { requireAccount, requireScope } from '../platform/identity.ts';
import { tokenLengthMax } from '../platform/tokens.ts';
import type { Caller } from './caller.ts';
import { limits } from './limits.ts';
import { refusal } from './refusals.ts';
import { renewToken, type Renewing } from './renew-token.ts';
import { standardSchema } from './standard-schema.ts';
import { subscribe, type Subscribing } from './subscribe.ts';
import type { Client } from './users.ts';

export function addMethods(hub: Hub<Caller>, options: Subscribing & Renewing): void {
  const { fanOut, users } = options;
  const clientOf = ({ id }: HubConnection<Caller>): Client => users.get(id)!;

  hub.method(hubMethods.subscribe, [oneAccount], async (connection, accountId) => {
    requireAccess(connection.identity, [accountId]);
    return (await subscribe(options, clientOf(connection), [accountId]))[0];
  });
  hub.method(hubMethods.subscribeMultiple, [severalAccounts], async (connection, list) => {
    const accountIds = [...new Set(list)];
    requireAccess(connection.identity, accountIds);
    return subscribe(options, clientOf(connection), accountIds);
  });
  hub.method(hubMethods.unsubscribe, [oneAccount], (connection, accountId) => {
    fanOut.unwatch(clientOf(connection).watcher, accountId);
  });
  hub.method(hubMethods.renewToken, [oneToken], (connection, token) =>
    renewToken(options, clientOf(connection), token),
  );
}

const { accountsPerCallMax } = limits;
const oneAccount = standardSchema(AccountId, 'Give one account id: 1-128 of A-Z a-z 0-9 : _ . + -');
const severalAccounts = standardSchema(
  Type.Array(AccountId, { minItems: 1, maxItems: accountsPerCallMax }),
  `Give a list of 1-${accountsPerCallMax} account ids: each 1-128 of A-Z a-z 0-9 : _ . + -`,
);
const oneToken = standardSchema(
  Type.String({ minLength: 1, maxLength: tokenLengthMax }),
  'Give a token.',
);

function requireAccess({ identity }: Caller, accountIds: readonly string[]): void {
  if (identity.expiresAtMs <= Date.now()) {
    throw refusal('unauthenticated', 'The token has expired.');
  }
  requireScope(identity, 'balances');
  for (const accountId of accountIds) requireAccount(identity, accountId);
}
