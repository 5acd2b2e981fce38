import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { kafka, privateRedis, redisCluster } from '../../../test/engines/index.ts';
import { readSettings, type Settings } from '../../platform/settings.ts';
import { makeTopics, openKafkaPublisher } from '../kafka.ts';
import { openSlotFeed } from '../slot-feed.ts';
import { createRecorder, transferAt } from '../testing.ts';
import { beatChannel, channelOf, partitionOf, slotCount, slotOf } from './channels.ts';
import { shareOut } from './members.ts';

/** Of a cluster, beside other work. */
const failoverMs = 45_000;

test('two replicas hear what they follow, each partition being read once for both', async () => {
  await using scene = await setUp();
  const [first, second] = [await scene.replica(), await scene.replica()];
  await first.subscription.follow('acc_a');
  await second.subscription.follow('acc_b');
  await scene.untilShared([first, second]);
  const published = () =>
    [first, second].reduce((sum, { subscription }) => sum + subscription.slots!().published, 0);
  const before = published();
  await using publisher = await openKafkaPublisher(scene.settings);
  await publisher.publish(Array.from({ length: 50 }, (_, index) => transferAt(index + 1)));
  for (const [{ recorder }, accountId] of [
    [first, 'acc_a'],
    [second, 'acc_b'],
  ] as const) {
    await recorder.until(() => recorder.updates.length === 50);
    assert.deepEqual(
      recorder.updates.map((update) => `${update.accountId} ${update.version}`),
      Array.from({ length: 50 }, (_, index) => `${accountId} ${index + 1}`),
    );
  }
  assert.equal(published() - before, 100);
  assert.deepEqual(
    [...first.subscription.lag(), ...second.subscription.lag()]
      .map(({ partition }) => partition)
      .sort((one, other) => one - other),
    [0, 1, 2, 3],
  );
});

test('after a replica is gone the other brings its partitions, and tells of the gap', async () => {
  await using scene = await setUp();
  const [first, second] = [await scene.replica(), await scene.replica()];
  await scene.untilShared([first, second]);
  await first.subscription.follow('acc_a');
  const gaps = first.gaps.length;
  const moved = second.subscription.lag().map(({ partition }) => partition);
  await second.subscription[Symbol.asyncDispose]();
  await until(() => first.subscription.slots!().partitions === 4 && first.gaps.length > gaps);
  const touched = first.gaps.slice(gaps);
  for (const accountId of ids(200)) {
    const expected = moved.includes(partitionOf(accountId, 4));
    assert.equal(
      touched.some((touches) => touches(accountId)),
      expected,
      accountId,
    );
  }
  await scene.assertHears(first, 'acc_a');
});

test('Redis killed and started again, or hung: everything followed is heard again, after a gap', async () => {
  await using scene = await setUp();
  const replica = await scene.replica();
  await replica.subscription.follow('acc_a');
  for (const fail of [
    async () => {
      await scene.redis.kill();
      await until(() => !replica.subscription.connected());
      await scene.redis.restart();
    },
    async () => {
      scene.redis.pause();
      await until(() => !replica.subscription.connected());
      scene.redis.resume();
    },
  ]) {
    const gaps = replica.gaps.length;
    await fail();
    await until(() => replica.subscription.connected() && replica.gaps.length > gaps);
    assert.ok(replica.gaps.slice(gaps).some((touches) => touches('acc_a')));
    await scene.assertHears(replica, 'acc_a');
  }
});

test('on a cluster one node carries the feed, and when it is killed another does, after a gap', async () => {
  await using cluster = await redisCluster();
  await using scene = await setUp(async () => cluster.url);
  const [first, second] = [await scene.replica(), await scene.replica()];
  await scene.untilShared([first, second]);
  await first.subscription.follow('acc_a');
  await scene.assertHears(first, 'acc_a');
  const carriers = [];
  for (const node of cluster.primaries) {
    const client = new Redis(node.port);
    const channels = (await client.call('PUBSUB', 'SHARDCHANNELS')) as string[];
    if (channels.some((name) => name.startsWith('atlas:{feed}:'))) carriers.push(node);
    client.disconnect();
  }
  assert.equal(carriers.length, 1);
  const gaps = first.gaps.length;
  await carriers[0]!.kill();
  await until(() => !first.subscription.connected());
  await until(() => first.subscription.connected() && first.gaps.length > gaps, failoverMs);
  assert.ok(first.gaps.slice(gaps).some((touches) => touches('acc_a')));
  await scene.assertHears(first, 'acc_a');
});

test('a connection that broke for the listener alone is followed by a gap of everything', async () => {
  await using scene = await setUp();
  const replica = await scene.replica();
  await replica.subscription.follow('acc_a');
  const gaps = replica.gaps.length;
  const { broken } = replica.subscription.slots!();
  const client = new Redis(scene.redis.url);
  await client.client('KILL', 'TYPE', 'PUBSUB');
  client.disconnect();
  await until(() => replica.gaps.length > gaps);
  assert.equal(replica.gaps.at(-1)!('acc_a'), true);
  assert.equal(replica.gaps.at(-1)!('whichever'), true);
  assert.equal(replica.subscription.slots!().broken, broken);
  await scene.assertHears(replica, 'acc_a');
});

test('a message that Redis lost without a word is missed when the next one comes', async () => {
  await using scene = await setUp();
  const replica = await scene.replica();
  await replica.subscription.follow('acc_a');
  await scene.assertHears(replica, 'acc_a');
  const stranger = new Redis(scene.redis.url);
  const say = (sequence: number) =>
    stranger.spublish(channelOf(slotOf('acc_a')), `stranger ${sequence}\n{}`);
  const gaps = replica.gaps.length;
  await say(7);
  await say(8);
  await until(() => replica.recorder.counts.undecodable === 2);
  assert.equal(replica.gaps.length, gaps);
  await say(10);
  await until(() => replica.gaps.length === gaps + 1);
  assert.equal(replica.gaps.at(-1)!('acc_a'), true);
  assert.equal(replica.gaps.at(-1)!('acc_b'), false);
  stranger.disconnect();
});

test('a message that Redis lost without a word is missed with the next beat, also where none follows it', async () => {
  await using scene = await setUp();
  const replica = await scene.replica();
  const stranger = new Redis(scene.redis.url);
  const slot = slotOf('acc_a');
  const beat = (...heads: [slot: number, sequence: number][]) =>
    stranger.spublish(
      beatChannel,
      JSON.stringify({ owner: 'stranger', partitions: 4, epochs: [], heads }),
    );
  const say = (sequence: number) => stranger.spublish(channelOf(slot), `stranger ${sequence}\n{}`);
  const gaps = () => replica.gaps.length;
  // What was published before the slot was heard is in the balance that is read then.
  await beat();
  await replica.subscription.follow('acc_a');
  const before = gaps();
  await beat([slot, 1]);
  // Nothing of this owner has been heard, and everything must have been.
  await beat([slot, 2], [slotOf('acc_b'), 9]);
  await until(() => gaps() === before + 1);
  assert.ok(replica.gaps.at(-1)!('acc_a') && !replica.gaps.at(-1)!('acc_b'));
  await say(3);
  await beat([slot, 3]);
  await beat([slot, 4]);
  await until(() => gaps() === before + 2);
  // Told once, and the next message is not missed again.
  await say(5);
  await beat([slot, 5]);
  await beat();
  await scene.assertHears(replica, 'acc_a');
  assert.equal(gaps(), before + 2);
  stranger.disconnect();
});

test('what is no longer followed is no longer heard', async () => {
  await using scene = await setUp();
  const replica = await scene.replica();
  const { subscription } = replica;
  for (let times = 0; times < 2; times += 1) await subscription.follow('acc_a');
  assert.equal(subscription.slots!().followed, 1);
  subscription.unfollow('acc_a');
  await scene.assertHears(replica, 'acc_a');
  subscription.unfollow('acc_a');
  assert.equal(subscription.slots!().followed, 0);
  const client = new Redis(scene.redis.url);
  const channel = channelOf(slotOf('acc_a'));
  await until(
    async () =>
      ((await client.call('PUBSUB', 'SHARDNUMSUB', channel)) as [string, number])[1] === 0,
  );
  client.disconnect();
});

test('to follow while Redis is away takes a second, and the gap follows when it is back', async () => {
  await using scene = await setUp();
  const replica = await scene.replica();
  await scene.redis.kill();
  await until(() => !replica.subscription.connected());
  const startedAt = performance.now();
  await replica.subscription.follow('acc_a');
  assert.ok(performance.now() - startedAt < 1_500);
  const gaps = replica.gaps.length;
  await scene.redis.restart();
  await until(() => replica.subscription.connected() && replica.gaps.length > gaps);
  assert.ok(replica.gaps.slice(gaps).some((touches) => touches('acc_a')));
  await scene.assertHears(replica, 'acc_a');
});

test('the rights that docs/settings.md names are enough', async () => {
  const docs = await readFile(new URL('../../../docs/settings.md', import.meta.url), 'utf8');
  const [, cache, more] = /`(~bal:[^`]+)`;\s+with `REALTIME_FEED=slots` also `([^`]+)`/.exec(docs)!;
  await using scene = await setUp(async (redis) => {
    const admin = new Redis(redis.url);
    const rights = `${cache} ${more}`.split(/\s+/);
    await admin.call('ACL', 'SETUSER', 'feeder', 'on', '>secret', ...rights);
    admin.disconnect();
    return redis.url.replace('//', '//feeder:secret@');
  });
  const replica = await scene.replica();
  assert.equal(replica.subscription.connected(), true);
  await replica.subscription.follow('acc_a');
  await scene.assertHears(replica, 'acc_a');
  replica.subscription.unfollow('acc_a');
});

test('slots fill evenly', () => {
  const fill = new Map<number, number>();
  for (const id of ids(100_000)) {
    const part = Math.floor(slotOf(id) / (slotCount / 16));
    fill.set(part, (fill.get(part) ?? 0) + 1);
  }
  for (const count of fill.values()) assert.ok(count > 5_900 && count < 6_600, String(count));
});

test('every member has a fair share, and little else moves when one leaves', () => {
  const owners = shareOut(60, ['a', 'b', 'c']);
  for (const member of ['a', 'b', 'c']) {
    assert.equal(owners.filter((owner) => owner === member).length, 20);
  }
  const later = shareOut(60, ['a', 'b']);
  assert.equal(later.filter((owner) => owner === 'a').length, 30);
  const moved = owners.filter((owner, partition) => owner !== 'c' && owner !== later[partition]);
  assert.ok(moved.length < 10, `${moved.length} of 40 moved`);
});

/** @param signIn resolves to the URL that the replicas use */
async function setUp(signIn = async ({ url }: { readonly url: string }) => url) {
  await using stack = new AsyncDisposableStack();
  const redis = stack.use(await privateRedis());
  const broker = await kafka();
  const settings: Settings = readSettings({
    KAFKA_BOOTSTRAP: broker.bootstrap,
    REDIS: await signIn(redis),
    TOPIC_BALANCE_UPDATES: broker.name('balance-updates'),
    TOPIC_LEDGER_EVENTS: broker.name('ledger-events'),
    TOPIC_PARTITIONS: '4',
  });
  await makeTopics(settings);
  const feed = await openSlotFeed(settings);
  let version = 1_000;
  const replica = async () => {
    const recorder = createRecorder();
    const gaps: ((accountId: string) => boolean)[] = [];
    const gap = (touches: (accountId: string) => boolean = () => true) => void gaps.push(touches);
    const subscription = resources.use(feed.subscribe({ ...recorder, gap }));
    await subscription.established;
    return { recorder, gaps, subscription };
  };
  type Replica = Awaited<ReturnType<typeof replica>>;
  const resources = stack.move();
  return {
    redis,
    settings,
    replica,
    /** Every partition has one owner, and nobody waits for another. */
    untilShared: (replicas: readonly Replica[]) =>
      until(() => {
        const counts = replicas.map(({ subscription }) => subscription.lag().length);
        return counts.every((count) => count > 0) && counts.reduce((a, b) => a + b) === 4;
      }),
    /** Publishes until something is heard: what is lost on the way is followed by a gap. */
    async assertHears({ recorder }: Replica, accountId: string) {
      await using publisher = await openKafkaPublisher(settings);
      const heard = recorder.updates.length;
      await until(async () => {
        await publisher.publish([transferAt((version += 1), accountId, 'acc_z')]);
        await delay(50);
        return recorder.updates.slice(heard).some((update) => update.accountId === accountId);
      });
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `acc_${index}`);
}

/** Looks again every few milliseconds, since Redis tells nobody. */
async function until(met: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  while (!(await met())) {
    assert.ok(performance.now() < giveUpAt, 'this never happened');
    await delay(5);
  }
}
