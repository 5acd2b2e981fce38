// `balance-updates` by slots: each partition is read by one replica for all, and each replica hears only
// the slots of the accounts that it shows. docs/realtime.md says what is promised and why it holds.
import type { Settings } from '../platform/settings.ts';
import type { BalanceFeed } from './event-log.ts';
import { kafkaConnection, reasonOf } from './kafka/connection.ts';
import { readBalanceUpdate } from './kafka/records.ts';
import { startSlotListener } from './slots/listener.ts';
import { startOwner } from './slots/owner.ts';

/** @throws SettingError for settings of Kafka or Redis that do not go together. */
export async function openSlotFeed(settings: Settings): Promise<BalanceFeed> {
  const connection = await kafkaConnection(settings, 'atlas-realtime');
  return {
    subscribe(listener) {
      const heard = startSlotListener({
        redis: settings,
        onValue(value) {
          const update = readBalanceUpdate(value);
          if (update === undefined) listener.undecodable();
          else listener.update(update);
        },
        onGap: (touches) => listener.gap(touches),
        onFailure: (error) => listener.failed(error),
      });
      const owner = startOwner({
        connection,
        topic: settings.TOPIC_BALANCE_UPDATES,
        redis: settings,
        onUndecodable: () => listener.undecodable(),
        onFailure: (error) =>
          listener.failed(new Error(`Kafka cannot be read: ${reasonOf(error)}`, { cause: error })),
      });
      return {
        established: heard.established,
        connected: heard.connected,
        follow: heard.follow,
        unfollow: heard.unfollow,
        lag: owner.lag,
        slots: () => ({ followed: heard.slots, ...owner.stats }),
        async [Symbol.asyncDispose]() {
          await owner[Symbol.asyncDispose]();
          await heard[Symbol.asyncDispose]();
        },
      };
    },
  };
}
