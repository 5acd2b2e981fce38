// Subscribing without a gap: the connection watches the account first and the snapshot is read then,
// so a change is in the snapshot, in the stream, or in both, and the version tells which is newer.
import type { BalanceUpdate } from '../contracts/hub.ts';
import type { PressureGate } from '../platform/pressure/gate.ts';
import type { FanOut } from './fan-out.ts';
import { forEachAtMost } from '../platform/for-each-at-most.ts';
import { limits, type ClientLimits } from './limits.ts';
import { refusal } from './refusals.ts';
import type { Snapshots } from './snapshots.ts';
import type { Client, Users } from './users.ts';

export interface Subscribing {
  readonly fanOut: FanOut;
  readonly snapshots: Snapshots;
  readonly users: Users;
  readonly client: ClientLimits;
  /** Whether this process has time for another subscription. */
  readonly gate: Pick<PressureGate, 'admits'>;
}

/**
 * Subscribes to all the accounts or, when one is refused, to none of them that were not watched
 * before. Resolves to their balances, which the stream has begun with.
 * @throws ProblemError of the snapshot, HubError `rate_limited` or `overloaded`.
 */
export async function subscribe(
  { fanOut, snapshots, users, client, gate }: Subscribing,
  { watcher, connection }: Client,
  accountIds: readonly string[],
): Promise<BalanceUpdate[]> {
  if (!gate.admits('normal')) {
    const detail = 'This replica is at its limits; subscribe again later.';
    throw refusal('overloaded', detail, 'pressure');
  }
  const added = accountIds.filter((accountId) => !watcher.watches.has(accountId));
  if (added.length > 0) {
    requireRoom(client, {
      ofConnection: watcher.watches.size + added.length,
      ofUser: users.subscriptionsOf(connection.identity.identity) + added.length,
    });
  }
  const watching = added.map((accountId) => fanOut.watch(watcher, accountId));
  try {
    await Promise.all(watching);
    await forEachAtMost(limits.readsPerCallMax, accountIds, async (accountId) => {
      fanOut.offer(watcher.tenant, await snapshots.read(watcher, accountId));
    });
  } catch (error) {
    for (const accountId of added) fanOut.unwatch(watcher, accountId);
    throw error;
  }
  // A connection that ended meanwhile watches nothing any more and hears no answer.
  return fanOut.confirm(
    watcher,
    accountIds.filter((accountId) => watcher.watches.has(accountId)),
  );
}

function requireRoom(
  { subscriptionsPerConnectionMax, subscriptionsPerUserMax }: ClientLimits,
  { ofConnection, ofUser }: { readonly ofConnection: number; readonly ofUser: number },
): void {
  if (ofConnection > subscriptionsPerConnectionMax) {
    const detail = `A connection may subscribe to ${subscriptionsPerConnectionMax} accounts.`;
    throw refusal('rate_limited', detail, 'connection_subscriptions');
  }
  if (ofUser > subscriptionsPerUserMax) {
    const detail = `The connections of a user may have ${subscriptionsPerUserMax} subscriptions.`;
    throw refusal('rate_limited', detail, 'user_subscriptions');
  }
}
