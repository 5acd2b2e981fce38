import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { privateRedis, type RedisServer } from './index.ts';
import { borrowRedis } from './redis.ts';

test('a test gets a real Redis 7 or later with no keys', async () => {
  await using server = await privateRedis();
  using client = connect(server);
  assert.match(await client.info('server'), /(redis|valkey)_version:([7-9]|\d\d)\./);
  assert.equal(await client.dbsize(), 0);
});

test('two servers do not share keys, and a flush removes all of them', async () => {
  await using server = await privateRedis();
  await using other = await privateRedis();
  using client = connect(server);
  using otherClient = connect(other);
  await client.set('key', 'value');
  assert.equal(await otherClient.get('key'), null);
  await server.flush();
  assert.equal(await client.get('key'), null);
});

test('a restart loses the keys, or keeps them when told so', async () => {
  await using server = await privateRedis();
  using client = connect(server);
  await client.set('key', 'value');
  await server.restart({ keep: true });
  assert.equal(await client.get('key'), 'value');
  await server.restart();
  assert.equal(await client.get('key'), null);
});

test('a hung Redis accepts connections and answers nothing until it goes on', async () => {
  await using server = await privateRedis();
  server.pause();
  using client = connect(server, { commandTimeout: 200 });
  await assert.rejects(client.ping(), /Command timed out/);
  server.resume();
  using fresh = connect(server);
  assert.equal(await fresh.ping(), 'PONG');
});

test('a stopped Redis refuses connections and comes back on the same port', async () => {
  await using server = await privateRedis();
  await server.stop();
  using client = connect(server, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  await assert.rejects(client.ping());
  await server.restart();
  using fresh = connect(server);
  assert.equal(await fresh.ping(), 'PONG');
});

test('tests that borrow one Redis get a database each and flush only their own', async () => {
  await using server = await privateRedis();
  await using one = await borrowRedis(`${server.host}:${server.port}`);
  await using two = await borrowRedis(server.url);
  using first = connect(one);
  using second = connect(two);
  await first.set('key', 'value');
  assert.equal(await second.get('key'), null);
  await two.flush();
  assert.equal(await first.get('key'), 'value');
  assert.throws(() => one.pause(), /privateRedis/);
});

function connect(server: RedisServer, options = {}): Redis & Disposable {
  const client = new Redis(server.url, options);
  // The commands themselves report what goes wrong.
  client.on('error', () => {});
  return Object.assign(client, { [Symbol.dispose]: () => client.disconnect() });
}
