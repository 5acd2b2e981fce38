// The hub's methods. The token is asked again at every subscription: its scope, its accounts and its
// end may differ from what the connection was opened for.
import type { Filter, Hub, HubConnection } from '@atlas/signalr';
import { Type } from 'typebox';
import { hubMethods } from '../contracts/hub.ts';
import { AccountId } from '../contracts/transfers.ts';
import { requireAccount, requireScope } from '../platform/identity.ts';
import type { Caller } from './authenticate.ts';
import { limits } from './limits.ts';
import { refusal, withRefusals } from './refusals.ts';
import { standardSchema } from './standard-schema.ts';
import { subscribe, type Subscribing } from './subscribe.ts';
import type { Users } from './users.ts';
import type { Watcher } from './watch.ts';

export interface Methods extends Subscribing {
  readonly users: Users;
  readonly watcherOf: (connection: HubConnection<Caller>) => Watcher;
  readonly unexpected: (error: unknown) => void;
}

export function addMethods(hub: Hub<Caller>, options: Methods): void {
  const { watcherOf, fanOut } = options;

  hub.method(hubMethods.subscribe, [oneAccount], async (connection, accountId) => {
    requireAccess(connection.identity, [accountId]);
    return (await subscribe(options, watcherOf(connection), [accountId]))[0];
  });
  hub.method(hubMethods.subscribeMultiple, [severalAccounts], async (connection, list) => {
    const accountIds = [...new Set(list)];
    requireAccess(connection.identity, accountIds);
    return subscribe(options, watcherOf(connection), accountIds);
  });
  hub.method(hubMethods.unsubscribe, [oneAccount], (connection, accountId) => {
    fanOut.unwatch(watcherOf(connection), accountId);
  });
}

/** Runs around every call, so that a flood of bad ones counts against its sender too. */
export function createFilter(
  options: Pick<Methods, 'users' | 'unexpected'>,
): Filter<HubConnection<Caller>> {
  const { users, unexpected } = options;
  return ({ connection }, next) =>
    withRefusals(() => {
      if (!users.takeMessage(connection.identity.identity)) throw tooManyMessages();
      return next();
    }, unexpected);
}

const { accountsPerCallMax } = limits;
const oneAccount = standardSchema(AccountId, 'Give one account id: 1-128 of A-Z a-z 0-9 : _ . + -');
const severalAccounts = standardSchema(
  Type.Array(AccountId, { minItems: 1, maxItems: accountsPerCallMax }),
  `Give a list of 1-${accountsPerCallMax} account ids: each 1-128 of A-Z a-z 0-9 : _ . + -`,
);

function requireAccess({ identity }: Caller, accountIds: readonly string[]): void {
  if (identity.expiresAtMs <= Date.now()) {
    throw refusal('unauthenticated', 'The token has expired.');
  }
  requireScope(identity, 'balances');
  for (const accountId of accountIds) requireAccount(identity, accountId);
}

function tooManyMessages() {
  return refusal(
    'rate_limited',
    `A user may send ${limits.messagesPerSecondMax} messages a second.`,
  );
}
