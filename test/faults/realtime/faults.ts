// What is done to a town. A fault resolves when the service is back, and from then on the promise
// counts; what goes on after that (a process that starts again beside a living twin) is its `rest`.
import { setTimeout as delay } from 'node:timers/promises';
import { Admin } from '@platformatic/kafka';
import type { RoleProcess } from '../processes.ts';
import type { Proxy } from '../proxy.ts';
import { currentWithinMs } from './judge.ts';
import type { Town } from './town.ts';

export interface Fault {
  readonly name: string;
  /** @param random from 0 to 1: for how long, and to which of two */
  strike(town: Town, random: () => number): Promise<{ rest?: Promise<void> }>;
}

export const faults: readonly Fault[] = [
  { name: 'kill −9 of a replica', strike: (town, random) => killOne(town.replicas, random) },
  { name: 'kill −9 of a core', strike: (town, random) => killOne(town.cores, random) },
  {
    name: 'a replica hangs',
    async strike({ replicas }, random) {
      const replica = oneOf(replicas, random);
      await replica.kill('SIGSTOP');
      await delay(lengthMs(random));
      await replica.kill('SIGCONT');
      return {};
    },
  },
  {
    name: 'kill −9 of Kafka',
    async strike({ kafka }, random) {
      await kafka.kill();
      await delay(lengthMs(random));
      await kafka.restart();
      return {};
    },
  },
  {
    name: 'Kafka hangs',
    async strike({ kafka }, random) {
      kafka.pause();
      await delay(lengthMs(random));
      kafka.resume();
      return {};
    },
  },
  {
    name: 'the replicas are cut off from Kafka',
    strike: ({ kafkaWay }, random) => cut(kafkaWay, random),
  },
  {
    name: 'the replicas are cut off from Kafka, which meanwhile drops its records',
    async strike(town, random) {
      town.kafkaWay.hold();
      await delay(lengthMs(random));
      await dropRecords(town);
      town.kafkaWay.drop();
      town.kafkaWay.release();
      return {};
    },
  },
  {
    name: 'kill −9 of Redis, which comes back empty',
    async strike({ redis }, random) {
      await redis.kill();
      await delay(lengthMs(random));
      await redis.restart();
      return {};
    },
  },
  {
    name: 'Redis hangs',
    async strike({ redis }, random) {
      redis.pause();
      await delay(lengthMs(random));
      redis.resume();
      return {};
    },
  },
  {
    name: 'the replicas are cut off from Redis',
    strike: ({ redisWay }, random) => cut(redisWay, random),
  },
  {
    name: 'the replicas are cut off from the ledger',
    strike: ({ ledgerWay }, random) => cut(ledgerWay, random),
  },
  {
    name: 'the answers of the ledger are late',
    // No outage: whoever subscribes waits for less than the promise, and the stream goes on.
    strike: async ({ ledgerWay }, random) => ({ rest: delayAnswers(ledgerWay, random) }),
  },
  {
    name: 'the screens are cut off from the replicas',
    // A client of the protocol may take 30 s to notice that it hears nothing.
    strike: ({ screenWay }, random) => cut(screenWay, random, ['goOn', 'drop']),
  },
];

const shortestMs = 200;
const longestMs = 2_500;

function lengthMs(random: () => number): number {
  return shortestMs + random() * (longestMs - shortestMs);
}

function oneOf<T>(two: readonly T[], random: () => number): T {
  return two[Math.floor(random() * two.length)]!;
}

/** The other one is there: the service is back at once. */
async function killOne(two: readonly RoleProcess[], random: () => number) {
  const killed = oneOf(two, random);
  await killed.kill('SIGKILL');
  return { rest: delay(currentWithinMs).then(() => killed.restart()) };
}

/** Bytes wait; then they go on, or their connections are broken, or (`mute`) hear nothing ever again. */
async function cut(
  way: Proxy,
  random: () => number,
  ends: readonly End[] = ['goOn', 'drop', 'mute'],
) {
  way.hold();
  await delay(lengthMs(random));
  const end = oneOf(ends, random);
  if (end === 'drop') way.drop();
  if (end === 'mute') way.lose();
  way.release();
  return {};
}

/** A snapshot is then older than the updates that came while it was on its way. */
async function delayAnswers(way: Proxy, random: () => number): Promise<void> {
  for (let time = 0; time < 7; time += 1) {
    way.hold('answers');
    await delay(600 + random() * 300);
    way.release();
    await delay(400);
  }
}

type End = 'goOn' | 'drop' | 'mute';

/** As when retention is over for what a reader has not read yet. */
async function dropRecords({ kafka }: Town): Promise<void> {
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [kafka.bootstrap] });
  try {
    const topic = 'balance-updates';
    const { topics } = await admin.metadata({ topics: [topic] });
    const count = topics.get(topic)!.partitionsCount;
    const partitions = Array.from({ length: count }, (_, partition) => ({
      partition,
      offset: -1n,
    }));
    await admin.deleteRecords({ topics: [{ name: topic, partitions }] });
  } finally {
    await admin.close();
  }
}
