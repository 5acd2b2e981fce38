// The hub's methods. The token is asked again at every subscription: its scope, its accounts and its
// end may differ from what the connection was opened for.
import { accountIdForm } from '../contracts/accounts.ts';
import type { Hub, HubConnection } from '@atlas/signalr';
import { hubMethods } from '../contracts/hub.ts';
import { requireAccount, requireScope } from '../platform/identity.ts';
import type { Caller } from './authenticate.ts';
import { limits } from './limits.ts';
import { refusal, withRefusals } from './refusals.ts';
import { subscribe, type Subscribing } from './subscribe.ts';
import type { Users } from './users.ts';
import type { Watcher } from './watch.ts';

export interface Methods extends Subscribing {
  readonly users: Users;
  readonly watcherOf: (connection: HubConnection<Caller>) => Watcher;
  readonly unexpected: (error: unknown) => void;
}

export function addMethods(hub: Hub<Caller>, options: Methods): void {
  const { users, watcherOf, fanOut } = options;

  const call = <T>(connection: HubConnection<Caller>, work: () => Promise<T>): Promise<T> =>
    withRefusals(() => {
      if (!users.takeMessage(connection.identity.identity)) throw tooManyMessages();
      return work();
    }, options.unexpected);

  hub.method(hubMethods.subscribe, readAny, (connection, accountId) =>
    call(connection, async () => {
      const accountIds = [readAccountId(accountId)];
      requireAccess(connection.identity, accountIds);
      return (await subscribe(options, watcherOf(connection), accountIds))[0];
    }),
  );
  hub.method(hubMethods.subscribeMultiple, readAny, (connection, list) =>
    call(connection, async () => {
      const accountIds = readAccountIds(list);
      requireAccess(connection.identity, accountIds);
      return subscribe(options, watcherOf(connection), accountIds);
    }),
  );
  hub.method(hubMethods.unsubscribe, readAny, (connection, accountId) =>
    call(connection, async () => {
      fanOut.unwatch(watcherOf(connection), readAccountId(accountId));
    }),
  );
}

function requireAccess({ identity }: Caller, accountIds: readonly string[]): void {
  if (identity.expiresAtMs <= Date.now()) {
    throw refusal('unauthenticated', 'The token has expired.');
  }
  requireScope(identity, 'balances');
  for (const accountId of accountIds) requireAccount(identity, accountId);
}

/** Arguments are looked at inside the call, so that a flood of bad ones counts against its sender. */
function readAny(args: readonly unknown[]): [unknown] {
  return [args.length === 1 ? args[0] : undefined];
}

function readAccountId(value: unknown): string {
  if (typeof value === 'string' && accountIdForm.test(value)) return value;
  throw refusal('invalid_request', 'Give one account id: 1-128 of A-Z a-z 0-9 : _ . + -');
}

/** Each account once, in the order given. */
function readAccountIds(value: unknown): string[] {
  const { accountsPerCallMax } = limits;
  if (!Array.isArray(value) || value.length === 0 || value.length > accountsPerCallMax) {
    throw refusal('invalid_request', `Give a list of 1-${accountsPerCallMax} account ids.`);
  }
  return [...new Set(value.map(readAccountId))];
}

function tooManyMessages() {
  return refusal(
    'rate_limited',
    `A user may send ${limits.messagesPerSecondMax} messages a second.`,
  );
}
