// Makes the topics that are missing. Brokers must not make them by themselves: a topic with one
// partition by accident stays so, because more partitions later would break the order of its keys.
import { Admin, findErrorBy, ListOffsetTimestamps, protocolErrors } from '@platformatic/kafka';
import type { Settings } from '../../platform/settings.ts';
import { kafkaConnection, reasonOf } from './connection.ts';

const retries = 20;
const retryDelayMs = 100;

/**
 * Idempotent, also when several processes do it at once. Topics that exist stay as they are.
 * Resolves to the names of those made now, when every leader of theirs takes requests.
 */
export async function makeTopics(settings: Settings): Promise<string[]> {
  const admin = new Admin({
    ...(await kafkaConnection(settings, 'atlas-migrate')),
    retries,
    retryDelay: retryDelayMs,
  });
  try {
    const made: string[] = [];
    for (const topic of [settings.TOPIC_BALANCE_UPDATES, settings.TOPIC_LEDGER_EVENTS]) {
      if (await makeTopic(admin, topic, settings)) made.push(topic);
    }
    await untilUsable(admin, made, settings.TOPIC_PARTITIONS);
    return made;
  } finally {
    await admin.close();
  }
}

async function makeTopic(admin: Admin, topic: string, settings: Settings): Promise<boolean> {
  const replicas = settings.TOPIC_REPLICATION;
  try {
    await admin.createTopics({
      topics: [topic],
      partitions: settings.TOPIC_PARTITIONS,
      replicas,
      configs: [
        { name: 'cleanup.policy', value: 'delete' },
        // An acknowledged record survives the loss of a broker where there are enough of them.
        { name: 'min.insync.replicas', value: replicas > 2 ? '2' : '1' },
      ],
    });
    return true;
  } catch (error) {
    if (findErrorBy(error as Error, 'apiId', protocolErrors['TOPIC_ALREADY_EXISTS']!.id)) {
      return false;
    }
    throw new Error(`Kafka cannot make the topic ${topic}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Asks every partition's leader something; the client repeats the question until it can answer. */
async function untilUsable(admin: Admin, topics: string[], count: number): Promise<void> {
  if (topics.length === 0) return;
  const partitions = Array.from({ length: count }, (_, partitionIndex) => ({
    partitionIndex,
    timestamp: ListOffsetTimestamps.LATEST,
  }));
  await admin.listOffsets({ topics: topics.map((name) => ({ name, partitions })) });
}
