import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Redis } from 'ioredis';
import { privateRedis, type RedisServer } from '../../../test/engines/index.ts';
import { openTokenLeases, type TokenLeases } from '../../engines/token-leases.ts';
import { SettingError } from '../../platform/settings.ts';
import { SharedCeiling } from './shared-ceiling.ts';
import { someTransfer, testPayments } from '../testing.ts';
import { TokenBucket, type Rate } from './token-bucket.ts';

const resources = new AsyncDisposableStack();
let redis: RedisServer;

before(async () => {
  redis = resources.use(await privateRedis());
});
after(() => resources.disposeAsync());

interface Replica {
  readonly shared: SharedCeiling;
  readonly bucket: TokenBucket;
  readonly told: string[];
}

function replicaOn(
  leases: Pick<TokenLeases, 'lease'>,
  ceiling: Rate,
  offeredPerSecond = 10_000,
): Replica {
  const bucket = new TokenBucket({ ...ceiling, nowMs: () => performance.now() });
  const told: string[] = [];
  const log = {
    info: (_: object, message: string) => void told.push(message),
    warn: (_: object, message: string) => void told.push(message),
  } as never;
  const shared = new SharedCeiling({
    leases,
    bucket,
    ceiling,
    offeredPerSecond: () => offeredPerSecond,
    log,
  });
  return { shared, bucket, told };
}

async function until(replica: Replica, state: SharedCeiling['state']): Promise<void> {
  while (replica.shared.state !== state) {
    await replica.shared.renew();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Takes what there is. */
function drain({ bucket }: Replica): number {
  let taken = 0;
  while (bucket.take()) taken += 1;
  return taken;
}

test('what replicas admit together is the ceiling, whichever of them is asked', async () => {
  await redis.flush();
  const ceiling = { perSecond: 1, burst: 200 };
  const replicas = await Promise.all(
    [1, 2, 3].map(async () => {
      const replica = replicaOn(resources.use(openTokenLeases({ REDIS: redis.url })), ceiling);
      await until(replica, 'shared');
      return replica;
    }),
  );
  const startedAtMs = performance.now();
  let taken = 0;
  // Only two of them are asked at first; the third one's stock is a small part.
  for (const asked of [replicas.slice(0, 2), replicas]) {
    for (let turn = 0; turn < 20; turn += 1) {
      for (const replica of asked) {
        taken += drain(replica);
        await replica.shared.renew();
      }
    }
  }
  const flowedIn = 2 + (performance.now() - startedAtMs) / 1_000;
  assert.ok(taken <= 200 + flowedIn, `${taken}`);
  assert.ok(taken >= 190, `${taken}`);
  assert.equal(replicas[0]!.shared.members, 3);
});

test('after a rest replicas have the burst together, what they hold included', async () => {
  for (const { count, burst } of [
    { count: 1, burst: 60 },
    { count: 4, burst: 60 },
    { count: 3, burst: 1 },
  ]) {
    await redis.flush();
    await using together = new AsyncDisposableStack();
    const replicas = Array.from({ length: count }, () => {
      const leases = together.use(openTokenLeases({ REDIS: redis.url }));
      return replicaOn(leases, { perSecond: 1_000, burst }, 0);
    });
    for (const replica of replicas) await until(replica, 'shared');
    const client = new Redis(redis.url);
    together.defer(() => client.disconnect());
    // One request can always come in at once, wherever it comes.
    const most = Math.max(burst, count + 1);
    const renewAll = async () => {
      for (const { shared } of replicas) await shared.renew();
    };
    // Until each has heard of all, and has given back what it held for want of others.
    await renewAll();
    await renewAll();
    let full = 0;
    while (full < 5) {
      await renewAll();
      const common = Math.floor(Number(await client.hget('atlas:{admission}:bucket', 'tokens')));
      const held = replicas.reduce((sum, { bucket }) => sum + bucket.available, 0);
      assert.ok(held + common <= most, `${held} and ${common} of ${burst}`);
      if (held + common >= burst) full += 1;
    }
  }
});

test('while Redis hangs each keeps to its own share, says so once, and returns', async () => {
  await redis.flush();
  const ceiling = { perSecond: 100, burst: 20 };
  const two = [1, 2].map(() =>
    replicaOn(resources.use(openTokenLeases({ REDIS: redis.url })), ceiling),
  );
  for (const replica of two) await until(replica, 'shared');
  await two[0]!.shared.renew();
  redis.pause();
  for (const replica of two) {
    await until(replica, 'own share');
    for (let i = 0; i < 3; i += 1) await replica.shared.renew();
  }
  redis.resume();
  for (const { shared, bucket, told } of two) {
    // The three of the test above may still be counted.
    const { members } = shared;
    assert.ok(members >= 2 && members <= 5, `${members}`);
    assert.deepEqual([bucket.perSecond, bucket.burst], [100 / members, 20 / members]);
    assert.equal(told.filter((line) => line.includes('own share')).length, 1);
  }
  for (const replica of two) await until(replica, 'shared');
  assert.equal(two[0]!.bucket.perSecond, 0, 'nothing flows in but what is leased');
});

test('a new ceiling holds for what is leased from then on', async () => {
  const asked: Rate[] = [];
  const leases = {
    lease: async ({ perSecond, burst }: Rate) => {
      asked.push({ perSecond, burst });
      return { granted: 3, members: 2 };
    },
  };
  const { shared, bucket } = replicaOn(leases, { perSecond: 10, burst: 20 });
  await shared.renew();
  assert.equal(bucket.available, 3, 'nothing of what it had alone');
  shared.setCeiling({ perSecond: 30, burst: 60 });
  await shared.renew();
  assert.deepEqual(asked, [
    { perSecond: 10, burst: 20 },
    { perSecond: 30, burst: 60 },
  ]);
  assert.deepEqual([bucket.available, bucket.burst], [6, 30]);
});

test('two replicas of the role share a ceiling, and the statistics say so', async () => {
  await redis.flush();
  const settings = { LS_SHARED: '1', REDIS: redis.url, LS_RATE_PER_SEC: '40', LS_BURST: '80' };
  await using one = await testPayments(settings);
  await using two = await testPayments(settings);
  for (const { stats } of [one, two]) {
    for (;;) {
      const { ceiling, replicas } = (await stats()).reasons.rate;
      if (ceiling === 'shared' && replicas >= 2) break;
    }
    const { ratePerSecond, burstCapacity, tokensAvailable } = await stats();
    assert.deepEqual([ratePerSecond, burstCapacity], [40, 80], 'that of all');
    assert.ok(tokensAvailable <= 40);
  }
  const metrics = await (await one.get('/metrics')).text();
  assert.match(metrics, /^atlas_payments_ceiling_fallback 0$/m);
});

test('a client hears of its part of a shared quota, let in or refused', async () => {
  await redis.flush();
  const quota = { LS_CLIENT_RATE_PER_SEC: '2', LS_CLIENT_BURST: '4' };
  const settings = { LS_SHARED: '1', REDIS: redis.url, ...quota };
  await using one = await testPayments(settings);
  await using _other = await testPayments(settings);
  while ((await one.stats()).reasons.rate.replicas !== 2) await new Promise(setImmediate);
  const policies = new Map<number, string | null>();
  while (!policies.has(429)) {
    const { status, headers } = await one.transfer(someTransfer);
    policies.set(status, headers.get('ratelimit-policy'));
  }
  const part = '"client";q=2;w=2';
  assert.deepEqual([policies.get(201), policies.get(429)], [part, part]);
});

test('a client whose share comes back slower than that is told to come again in half a minute', async () => {
  await redis.flush();
  const settings = { LS_SHARED: '1', REDIS: redis.url, LS_CLIENT_RATE_PER_SEC: '1' };
  await using payments = await testPayments({ ...settings, LS_CLIENT_BURST: '1' });
  const client = new Redis(redis.url);
  for (let other = 0; other < 60; other += 1) {
    await client.zadd('atlas:{admission}:members', Number.MAX_SAFE_INTEGER, `replica-${other}`);
  }
  client.disconnect();
  while ((await payments.stats()).reasons.rate.replicas < 60) await new Promise(setImmediate);
  let refused = await payments.transfer(someTransfer);
  while (refused.status !== 429) refused = await payments.transfer(someTransfer);
  assert.equal(refused.headers.get('retry-after'), '30');
});

test('a ceiling cannot be shared without Redis', async () => {
  await assert.rejects(testPayments({ LS_SHARED: '1' }), SettingError);
});
