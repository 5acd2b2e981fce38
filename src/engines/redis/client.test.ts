// A client that is asked to connect goes on trying, also where ioredis by itself would end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Redis } from 'ioredis';
import { redis as startRedis, redisSentinels } from '../../../test/engines/index.ts';
import { parseAddress } from './address.ts';
import { connectTo } from './client.ts';
import type { ClusterMap } from './cluster.ts';

test('a primary that the Sentinels announce while they are asked for one is connected to', async () => {
  await using set = await redisSentinels();
  const redis = quiet(connectTo({ address: parseAddress(set.url) }));
  assert.equal(redis.status, 'connecting');
  // What ioredis does when it hears of another primary.
  (redis as unknown as { connector: { disconnect(): void } }).connector.disconnect();
  await next(redis, 'end');
  await next(redis, 'ready');
  assert.equal(await redis.ping(), 'PONG');
  redis.disconnect();
});

test('a cluster of which no node has answered is asked again until one does', async () => {
  await using server = await startRedis();
  const { map, answer } = clusterAt(server.url);
  const redis = quiet(connectTo({ address: map.address, cluster: map }));
  for (let times = 0; times < 3; times += 1) await next(redis, 'end');
  answer();
  await next(redis, 'ready');
  assert.equal(await redis.ping(), 'PONG');
  redis.disconnect();
});

test('a client that is disconnected stays so, also between two tries', async () => {
  await using server = await startRedis();
  const { map, answer, asked } = clusterAt(server.url);
  const redis = quiet(connectTo({ address: map.address, cluster: map }));
  await next(redis, 'end');
  const before = asked();
  redis.disconnect();
  answer();
  const other = quiet(connectTo({ address: map.address, cluster: map }));
  await next(other, 'ready');
  other.disconnect();
  await next(other, 'end');
  assert.deepEqual([redis.status, asked()], ['end', before + 1]);
});

/** A cluster of one node, which nobody knows of before `answer`. */
function clusterAt(url: string) {
  const { hostname: host, port } = new URL(url);
  const address = parseAddress(`redis+cluster://${host}:${port}`);
  let answers = false;
  let asked = 0;
  const map: ClusterMap = {
    address,
    async nodeOf() {
      asked += 1;
      if (!answers) throw new Error('no node answers');
      return { host, port: Number(port) };
    },
  };
  return { map, answer: () => void (answers = true), asked: () => asked };
}

/** Errors on the way do not matter. */
function next(redis: Redis, event: 'ready' | 'end'): Promise<void> {
  return new Promise((resolve) => redis.once(event, resolve));
}

function quiet(redis: Redis): Redis {
  return redis.on('error', () => {});
}
