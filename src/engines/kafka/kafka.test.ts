import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Admin, Consumer, Producer, stringDeserializers, type Message } from '@platformatic/kafka';
import { kafka, proxiedKafka } from '../../../test/engines/index.ts';
import { startProxy, type Proxy } from '../../../test/faults/proxy.ts';
import { readSettings, type Settings } from '../../platform/settings.ts';
import { makeTopics, openKafkaBalanceFeed, openKafkaPublisher } from '../kafka.ts';
import { createRecorder, transferAt } from '../testing.ts';

test('the topics are made once with the partitions of the settings and keep every record', async () => {
  const settings = await privateTopics();
  const [one, two] = await Promise.all([makeTopics(settings), makeTopics(settings)]);
  assert.deepEqual([...one, ...two].sort(), topicsOf(settings).sort());
  assert.deepEqual(await makeTopics(settings), []);
  await using admin = client(new Admin(options(settings)));
  const metadata = await admin.metadata({ topics: topicsOf(settings) });
  for (const topic of topicsOf(settings)) {
    assert.equal(metadata.topics.get(topic)?.partitionsCount, settings.TOPIC_PARTITIONS);
  }
  const [config] = await admin.describeConfigs({
    resources: [{ resourceType: 2, resourceName: settings.TOPIC_BALANCE_UPDATES }],
  });
  const policy = config!.configs.find(({ name }) => name === 'cleanup.policy');
  assert.equal(policy?.value, 'delete');
});

test('a transfer is two balance updates keyed by account and one ledger event keyed by entry', async () => {
  const settings = await readyTopics();
  await using publisher = await openKafkaPublisher(settings);
  const transfer = transferAt(7, 'foobar', 'msisdn::2348100000001');
  await publisher.publish([transfer]);
  const records = await consume(settings, 3);
  const byKey = Object.fromEntries(records.map((record) => [record.key, record]));
  const source = byKey['foobar']!;
  assert.equal(source.topic, settings.TOPIC_BALANCE_UPDATES);
  assert.deepEqual(JSON.parse(source.value), transfer.balances[0]);
  assert.deepEqual(Object.fromEntries(source.headers), {
    ce_id: `${transfer.ledger.entryId}/foobar`,
    ce_type: 'atlas.balance.updated.v1',
    ce_source: '/atlas/core',
    ce_specversion: '1.0',
    ce_time: transfer.balances[0].updatedAt,
    'content-type': 'application/json',
  });
  // As Kafka's Java client places it: murmur2("foobar") is -790332482.
  assert.equal(source.partition, (-790332482 & 0x7fffffff) % settings.TOPIC_PARTITIONS);
  assert.deepEqual(JSON.parse(byKey['msisdn::2348100000001']!.value), transfer.balances[1]);
  const ledger = byKey[transfer.ledger.entryId]!;
  assert.equal(ledger.topic, settings.TOPIC_LEDGER_EVENTS);
  assert.deepEqual(JSON.parse(ledger.value), transfer.ledger);
});

test('every subscriber hears all that is published after it is established, and nothing earlier', async () => {
  const settings = await readyTopics();
  await using publisher = await openKafkaPublisher(settings);
  await publisher.publish([transferAt(1)]);
  const feed = await openKafkaBalanceFeed(settings);
  const recorders = [createRecorder(), createRecorder()];
  await using subscriptions = new AsyncDisposableStack();
  for (const recorder of recorders) {
    const subscription = subscriptions.use(feed.subscribe(recorder));
    await subscription.established;
    assert.equal(subscription.connected(), true);
  }
  const transfers = Array.from({ length: 1_200 }, (_, index) => transferAt(index + 2));
  await publisher.publish(transfers);
  for (const recorder of recorders) {
    await recorder.until(() => recorder.updates.length >= 2 * transfers.length);
    for (const accountId of ['acc_a', 'acc_b']) {
      const versions = recorder.updates.filter((each) => each.accountId === accountId);
      assert.deepEqual(
        versions.map(({ version }) => version),
        transfers.map(({ outboxId }) => Number(outboxId)),
      );
    }
    assert.deepEqual(recorder.counts, { gap: 0, undecodable: 0, failed: 0 });
  }
  await using admin = client(new Admin(options(settings)));
  const groups = [...(await admin.listGroups()).keys()];
  assert.deepEqual(
    groups.filter((group) => group.startsWith('atlas')),
    [],
  );
});

test('each partition tells how far behind its reader is, and how old the last record is', async () => {
  const until = new AsyncDisposableStack();
  await using _ = until;
  let way: Proxy | undefined;
  const server = await proxiedKafka(async (port) => (way = until.use(await startProxy(port))).port);
  until.use(server);
  const settings = readSettings({ KAFKA_BOOTSTRAP: server.bootstrap, TOPIC_PARTITIONS: '2' });
  await makeTopics(settings);
  const feed = await openKafkaBalanceFeed({ ...settings, KAFKA_BOOTSTRAP: [server.proxied] });
  const behind: number[] = [];
  const recorder = createRecorder();
  const subscription = until.use(
    feed.subscribe({
      ...recorder,
      update(update) {
        behind.push(Math.max(...subscription.lag().map(({ records }) => records)));
        recorder.update(update);
      },
    }),
  );
  await subscription.established;
  assert.deepEqual(
    subscription.lag().map(({ partition, records }) => [partition, records]),
    [
      [0, 0],
      [1, 0],
    ],
  );
  way!.hold();
  await using publisher = await openKafkaPublisher(settings);
  const startedAt = Date.now();
  const count = 2_000;
  await publisher.publish(Array.from({ length: count }, (__, index) => transferAt(index + 1)));
  const publishedAt = Date.now();
  way!.release();
  await recorder.until(() => recorder.updates.length === 2 * count);
  assert.ok(Math.max(...behind) > 500, `it was behind by ${Math.max(...behind)}`);
  const lag = subscription.lag();
  assert.equal(behind.at(-1), 0);
  const ages = lag.flatMap(({ recordAt }) => (recordAt === undefined ? [] : [recordAt]));
  assert.ok(ages.length > 0);
  for (const at of ages) assert.ok(at >= startedAt && at <= publishedAt, String(at));
});

test('records that are no balance updates are passed over and told', async () => {
  const settings = await readyTopics();
  const feed = await openKafkaBalanceFeed(settings);
  const recorder = createRecorder();
  await using subscription = feed.subscribe(recorder);
  await subscription.established;
  await using producer = client(new Producer(options(settings)));
  const { tenant: _, ...withoutTenant } = transferAt(1).balances[0];
  const values = ['', 'no json', '[]', 'null', JSON.stringify(withoutTenant)];
  const topic = settings.TOPIC_BALANCE_UPDATES;
  await producer.send({
    messages: [{ topic }, ...values.map((value) => ({ topic, value: Buffer.from(value) }))],
  });
  await using publisher = await openKafkaPublisher(settings);
  await publisher.publish([transferAt(1)]);
  await recorder.until(() => recorder.updates.length === 2 && recorder.counts.undecodable === 6);
});

test('a partition that is added later is read from its first record', async () => {
  const settings = await readyTopics({ TOPIC_PARTITIONS: '1' });
  const feed = await openKafkaBalanceFeed(settings);
  const recorder = createRecorder();
  await using subscription = feed.subscribe(recorder);
  await subscription.established;
  await using admin = client(new Admin(options(settings)));
  const topic = settings.TOPIC_BALANCE_UPDATES;
  const metadata = await admin.metadata({ topics: [topic] });
  const { leader } = metadata.topics.get(topic)!.partitions[0]!;
  const manual = Array.from({ length: 7 }, () => ({ brokerIds: [leader] }));
  await admin.createPartitions({ topics: [{ name: topic, count: 8, assignments: manual }] });
  await using publisher = await openKafkaPublisher(settings);
  const accounts = Array.from({ length: 40 }, (_, index) => `acc_${index}`);
  await publisher.publish(accounts.map((account) => transferAt(1, account, `${account}_too`)));
  await recorder.until(() => recorder.updates.length === 2 * accounts.length);
  assert.equal(recorder.counts.gap, 0);
});

test('a topic that was made anew is followed, and the listener is told of the gap', async () => {
  const settings = await readyTopics();
  await using publisher = await openKafkaPublisher(settings);
  await publisher.publish(Array.from({ length: 50 }, (_, index) => transferAt(index + 1)));
  const feed = await openKafkaBalanceFeed(settings);
  const recorder = createRecorder();
  await using subscription = feed.subscribe(recorder);
  await subscription.established;
  await using admin = client(new Admin(options(settings)));
  await admin.deleteTopics({ topics: [settings.TOPIC_BALANCE_UPDATES] });
  await recorder.until(() => recorder.counts.failed === 1);
  assert.equal(subscription.connected(), false);
  while ((await makeTopics(settings)).length === 0);
  await recorder.until(() => recorder.counts.gap === 1);
  await publishUntilTaken(publisher, transferAt(51));
  await recorder.until(() => recorder.updates.some(({ version }) => version === 51));
  assert.equal(subscription.connected(), true);
});

test('a publish that Kafka does not take rejects, and the same one succeeds later', async () => {
  const settings = await privateTopics();
  await using publisher = await openKafkaPublisher(settings);
  await assert.rejects(publisher.publish([transferAt(1)]), /did not acknowledge.*Unknown topic/);
  assert.equal(publisher.healthy(), false);
  await makeTopics(settings);
  await publishUntilTaken(publisher, transferAt(1));
  assert.equal(publisher.healthy(), true);
});

test('two publishes at once are refused, because they would break the order', async () => {
  const settings = await readyTopics();
  await using publisher = await openKafkaPublisher(settings);
  const first = publisher.publish([transferAt(1)]);
  await assert.rejects(publisher.publish([transferAt(2)]), /under way/);
  await first;
});

async function privateTopics(environment: Record<string, string> = {}): Promise<Settings> {
  const { bootstrap, name } = await kafka();
  return readSettings({
    KAFKA_BOOTSTRAP: bootstrap,
    TOPIC_BALANCE_UPDATES: name('balance-updates'),
    TOPIC_LEDGER_EVENTS: name('ledger-events'),
    ...environment,
  });
}

async function readyTopics(environment: Record<string, string> = {}): Promise<Settings> {
  const settings = await privateTopics(environment);
  await makeTopics(settings);
  return settings;
}

/** As the relay does it: the same events again until Kafka has them. */
async function publishUntilTaken(
  publisher: Awaited<ReturnType<typeof openKafkaPublisher>>,
  transfer: ReturnType<typeof transferAt>,
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await publisher.publish([transfer]);
      return;
    } catch (error) {
      if (attempt === 50) throw error;
    }
  }
}

async function consume(
  settings: Settings,
  count: number,
): Promise<Message<string, string, string, string>[]> {
  const { name } = await kafka();
  const consumer = new Consumer({
    ...options(settings),
    groupId: name('group'),
    deserializers: stringDeserializers,
  });
  const stream = await consumer.consume({
    topics: topicsOf(settings),
    mode: 'earliest',
    autocommit: false,
  });
  const records: Message<string, string, string, string>[] = [];
  try {
    for await (const record of stream) if (records.push(record) === count) break;
  } finally {
    await consumer.close(true);
  }
  return records;
}

function topicsOf(settings: Settings): string[] {
  return [settings.TOPIC_BALANCE_UPDATES, settings.TOPIC_LEDGER_EVENTS];
}

function options(settings: Settings) {
  return { clientId: 'test', bootstrapBrokers: [...settings.KAFKA_BOOTSTRAP!] };
}

function client<T extends { close(): Promise<void> }>(opened: T): T & AsyncDisposable {
  return Object.assign(opened, { [Symbol.asyncDispose]: () => opened.close() });
}
