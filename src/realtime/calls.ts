// Runs around every call of a hub method: takes it from the caller's allowance, gives refusals their
// words, and records who has subscribed to what.
import type { Filter, HubConnection } from '@atlas/signalr';
import { accountIdForm } from '../contracts/accounts.ts';
import type { AuditAction } from '../contracts/control.ts';
import { hubMethods } from '../contracts/hub.ts';
import type { AuditTrail } from '../platform/audit.ts';
import { recordedOf, type Caller } from './caller.ts';
import { limits, type ClientLimits } from './limits.ts';
import { refusal, refusalOf, type Refusals } from './refusals.ts';
import type { Users } from './users.ts';

export interface Calls {
  readonly users: Users;
  readonly client: ClientLimits;
  readonly refusals: Refusals;
  readonly audit: AuditTrail;
  readonly unexpected: (error: unknown) => void;
}

const actions: Readonly<Record<string, AuditAction>> = {
  [hubMethods.subscribe]: 'hub.subscribe',
  [hubMethods.subscribeMultiple]: 'hub.subscribe',
  [hubMethods.unsubscribe]: 'hub.unsubscribe',
  [hubMethods.renewToken]: 'hub.renew',
};

export function createFilter(options: Calls): Filter<HubConnection<Caller>> {
  const { users, client, refusals, audit, unexpected } = options;
  return async ({ connection, method, args }, next) => {
    const action = actions[method]!;
    const recorded = () => ({
      ...recordedOf(connection.identity.identity),
      ...connection.identity.origin,
      connectionId: connection.id,
      accountIds: action === 'hub.renew' ? undefined : accountIdsIn(args),
    });
    try {
      if (!users.takeMessage(connection.identity.identity)) throw tooManyMessages(client);
      const result = await next();
      audit.record({ action, ...recorded() });
      return result;
    } catch (error) {
      const refused = refusalOf(error, unexpected);
      refusals.count(refused.reason, { ...recorded(), details: { method } });
      throw refused;
    }
  };
}

/**
 * No filter runs around a call that names no method of ours, and it has been answered; but it was read
 * and answered like any other, so it is taken from the same allowance.
 */
export function createUnknownCalled({ users, refusals }: Pick<Calls, 'users' | 'refusals'>) {
  return (connection: HubConnection<Caller>): void => {
    const { identity, origin } = connection.identity;
    if (users.takeMessage(identity)) return;
    refusals.count('user_messages', {
      ...recordedOf(identity),
      ...origin,
      connectionId: connection.id,
      details: { method: 'unknown' },
    });
  };
}

/** What may be an account among arguments that nobody has looked at yet. */
function accountIdsIn(args: readonly unknown[]): string[] {
  const ids = args.slice(0, 1).flat().slice(0, limits.accountsPerCallMax);
  return ids.filter((id) => typeof id === 'string' && accountIdForm.test(id)) as string[];
}

function tooManyMessages({ messagesPerSecondMax }: ClientLimits) {
  const detail = `A user may send ${messagesPerSecondMax} messages a second.`;
  return refusal('rate_limited', detail, 'user_messages');
}
