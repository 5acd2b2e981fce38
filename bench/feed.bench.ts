// What a realtime replica pays for each balance update of the whole platform, whether or not somebody
// watches its account, with each feed. Options: --transfers 100000 --accounts 100000.
import { parseArgs } from 'node:util';
import type { BalanceUpdateEvent } from '../src/contracts/events.ts';
import type { TransferEvents } from '../src/engines/event-log.ts';
import { makeTopics, openKafkaPublisher } from '../src/engines/kafka.ts';
import { readSettings } from '../src/platform/settings.ts';
import { kafka, privateRedis } from '../test/engines/index.ts';
import { processCpu } from './support/cpu.ts';
import { table } from './support/table.ts';
import { startReader, type ReaderTask } from './feed/readers.ts';

const transfersPerPublish = 2_000;
const madeAt = '2026-11-24T09:00:00.000Z';

interface Row {
  readonly name: string;
  readonly part: ReaderTask['part'];
  readonly watched: number;
}

const rows: readonly Row[] = [
  { name: 'kafka: reads all, nobody watches', part: 'kafka', watched: 0 },
  { name: 'kafka: reads all, 1,000 watched', part: 'kafka', watched: 1_000 },
  { name: 'kafka: reads all, 10,000 watched', part: 'kafka', watched: 10_000 },
  { name: 'slots: reads and publishes all', part: 'owner', watched: 0 },
  { name: 'slots: hears 1,000 watched', part: 'listener', watched: 1_000 },
  { name: 'slots: hears 10,000 watched', part: 'listener', watched: 10_000 },
];

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      transfers: { type: 'string', default: '100000' },
      accounts: { type: 'string', default: '100000' },
    },
  });
  const transfers = Number(values.transfers);
  const accounts = Number(values.accounts);
  const cells: (string | number | undefined)[][] = [];
  for (const row of rows) cells.push(await measure(row, transfers, accounts));
  console.log(`\n${2 * transfers} updates of ${accounts} accounts, 12 partitions; CPU per update`);
  console.log(
    table(
      ['', 'heard', 'CPU µs', 'updates/s of a core', 'of 1,000/s % CPU', 'Redis CPU µs'],
      cells,
    ),
  );
}

async function measure({ name, part, watched }: Row, transfers: number, accounts: number) {
  await using redis = await privateRedis();
  const broker = await kafka();
  const environment = {
    KAFKA_BOOTSTRAP: broker.bootstrap,
    REDIS: redis.url,
    TOPIC_BALANCE_UPDATES: broker.name('balance-updates'),
    TOPIC_LEDGER_EVENTS: broker.name('ledger-events'),
  };
  const settings = readSettings(environment);
  await makeTopics(settings);
  await using publisher = await openKafkaPublisher(settings);
  const publishAll = async (first: number, count: number) => {
    for (let at = 0; at < count; at += transfersPerPublish) {
      const size = Math.min(transfersPerPublish, count - at);
      await publisher.publish(
        Array.from({ length: size }, (_, i) => transfer(first + at + i, accounts)),
      );
    }
  };
  await using others = new AsyncDisposableStack();
  if (part === 'listener') {
    // It needs somebody who publishes; the CPU of that one is not counted.
    others.use(await startReader({ part: 'owner', watched: 0, accounts, environment }));
  }
  await using reader = await startReader({ part, watched, accounts, environment });
  const warmUp = Math.ceil(transfers / 5);
  await publishAll(0, warmUp);
  await reader.quiet();
  const redisCpu = processCpu(redis.pid);
  const before = { ...(await reader.counts()), redis: await redisCpu() };
  await publishAll(warmUp, transfers);
  await reader.quiet();
  const after = { ...(await reader.counts()), redis: await redisCpu() };
  const updates = 2 * transfers;
  const us = (after.cpuUs - before.cpuUs) / updates;
  const redisUs =
    part === 'kafka' || after.redis === undefined
      ? undefined
      : ((after.redis - before.redis!) * 1e6) / updates;
  return [name, after.heard - before.heard, us, 1e6 / us, us / 10, redisUs];
}

function transfer(index: number, accounts: number): TransferEvents {
  const entryId = `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`;
  const version = 1 + Math.floor((2 * index) / accounts);
  const balance = (account: number): BalanceUpdateEvent => ({
    tenant: 'tnt_demo',
    accountId: `customer:${account % accounts}:main`,
    currency: 'EUR',
    availableMinor: '125000',
    pendingMinor: '0',
    bookedMinor: '125000',
    version,
    updatedAt: madeAt,
    entryId,
  });
  return {
    outboxId: BigInt(index),
    balances: [balance(2 * index), balance(2 * index + 1)],
    ledger: { entryId, postedAt: madeAt } as TransferEvents['ledger'],
  };
}
