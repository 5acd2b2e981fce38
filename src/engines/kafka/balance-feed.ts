// `balance-updates` for the realtime hub: every replica reads all of it from now on.
import { followsAll, type BalanceFeed } from '../event-log.ts';
import type { Settings } from '../../platform/settings.ts';
import { kafkaConnection, reasonOf } from './connection.ts';
import { readBalanceUpdate } from './records.ts';
import { tailTopic } from './tail.ts';

/** Each subscription has a connection of its own, made when it starts. */
export async function openKafkaBalanceFeed(settings: Settings): Promise<BalanceFeed> {
  const connection = await kafkaConnection(settings, 'atlas-realtime');
  return {
    subscribe: (listener) =>
      Object.assign(
        tailTopic({
          connection,
          topic: settings.TOPIC_BALANCE_UPDATES,
          onRecord({ value }) {
            const update = readBalanceUpdate(value);
            if (update === undefined) listener.undecodable();
            else listener.update(update);
          },
          onGap: () => listener.gap(),
          onFailure: (error) =>
            listener.failed(
              new Error(`Kafka cannot be read: ${reasonOf(error)}`, { cause: error }),
            ),
        }),
        followsAll,
      ),
  };
}
