// The relay's way into Kafka. One send is in flight at a time and nothing follows a failed one, so
// the relay's repeat comes before anything newer: per key, versions first appear in their order.
import { compatibilityPartitioner, Producer } from '@platformatic/kafka';
import type { EventPublisher } from '../event-log.ts';
import type { Settings } from '../../platform/settings.ts';
import { kafkaConnection, reasonOf } from './connection.ts';
import { recordsOf, type OutgoingRecord } from './records.ts';

const transfersPerSendMax = 500;
/** All records of a topic may fall into one partition, whose batch brokers refuse above 1 MiB. */
const bytesPerTopicMax = 768 * 1024;
/** More than our headers and the framing of a record ever take. */
const recordOverheadBytes = 400;
/** Repeats with the same sequence numbers, which the broker recognizes; then the relay decides. */
const retries = 3;
const retryDelayMs = 100;

export interface KafkaPublisher extends EventPublisher {
  /** False after a send that Kafka did not acknowledge, until the next that it did. */
  healthy(): boolean;
}

/** Connects when first needed, so that a core starts and takes transfers while Kafka is away. */
export async function openKafkaPublisher(settings: Settings): Promise<KafkaPublisher> {
  const connection = await kafkaConnection(settings, 'atlas-relay');
  const topics = {
    balanceUpdates: settings.TOPIC_BALANCE_UPDATES,
    ledgerEvents: settings.TOPIC_LEDGER_EVENTS,
  };
  let producer: Producer | undefined;
  let publishing = false;
  let healthy = true;

  async function send(messages: OutgoingRecord[]): Promise<void> {
    producer ??= new Producer({
      ...connection,
      idempotent: true,
      partitioner: compatibilityPartitioner,
      retries,
      retryDelay: retryDelayMs,
    });
    try {
      await producer.send({ messages });
      healthy = true;
    } catch (error) {
      healthy = false;
      // It may still hold parts of this send; a fresh one starts with the relay's repeat.
      await close();
      throw new Error(`Kafka did not acknowledge the events: ${reasonOf(error)}`, { cause: error });
    }
  }

  async function close(): Promise<void> {
    const closing = producer;
    producer = undefined;
    await closing?.close(true);
  }

  return {
    keepsOutbox: false,
    async publish(transfers) {
      if (publishing) throw new Error('A publish is under way: a second one would break the order');
      publishing = true;
      try {
        for (const messages of sends(transfers.map((transfer) => recordsOf(transfer, topics)))) {
          await send(messages);
        }
      } finally {
        publishing = false;
      }
    },
    healthy: () => healthy,
    [Symbol.asyncDispose]: close,
  };
}

/** Cuts the records of transfers into sends within the limits. A transfer stays in one. */
export function* sends(transfers: readonly OutgoingRecord[][]): Generator<OutgoingRecord[]> {
  let records: OutgoingRecord[] = [];
  let count = 0;
  let bytes: Record<string, number> = {};
  for (const transfer of transfers) {
    const size = bytesByTopic(transfer);
    const fits = Object.keys(size).every(
      (topic) => (bytes[topic] ?? 0) + size[topic]! <= bytesPerTopicMax,
    );
    if (count === transfersPerSendMax || (count > 0 && !fits)) {
      yield records;
      records = [];
      count = 0;
      bytes = {};
    }
    records.push(...transfer);
    count += 1;
    for (const topic of Object.keys(size)) bytes[topic] = (bytes[topic] ?? 0) + size[topic]!;
  }
  if (count > 0) yield records;
}

function bytesByTopic(records: readonly OutgoingRecord[]): Record<string, number> {
  const bytes: Record<string, number> = {};
  for (const { topic, key, value } of records) {
    bytes[topic] = (bytes[topic] ?? 0) + key.length + value.length + recordOverheadBytes;
  }
  return bytes;
}
