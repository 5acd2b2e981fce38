import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { privateRedis, securedRedis, strangeCertificates } from '../../../test/engines/index.ts';
import { openRedisCache, openRedisPublisher } from '../redis-cache.ts';
import { TestWriters, balanceOf, eventually, tenant } from './testing.ts';
import { logTrouble } from './trouble.ts';

describe('a Redis that takes TLS and a password only', async () => {
  const server = await securedRedis();
  const known = getCACertificates('default');
  const trust = async (authority: string): Promise<void> =>
    setDefaultCACertificates([...known, await readFile(authority, 'utf8')]);

  test('is written and read by a rediss URL', async () => {
    await trust(server.authority);
    await using pair = openPair(server.url);
    await eventually(() => pair.cache.healthy());
    const read = await pair.cache.read(tenant, 'a');
    assert.ok(read.found === 'miss');
    await pair.cache.fill(tenant, 'a', balanceOf('a', 1), read.permit);
    await pair.publisher.publish([balanceOf('a', 2)]);
    const { found, ...more } = await pair.cache.read(tenant, 'a');
    assert.deepEqual({ found, ...more }, { found: 'hit', balance: balanceOf('a', 2) });
    assert.deepEqual(pair.lines, []);
  });

  test('that refuses the password is named by reader and writer, without the password', async () => {
    await trust(server.authority);
    const url = new URL(server.url);
    url.password = 'sEcret-0f-this-Test';
    await assertUnusable(url, /WRONGPASS/);
  });

  test('and is reached without TLS is named', async () => {
    const url = new URL(server.url);
    url.protocol = 'redis:';
    await assertUnusable(url, /closes the connection|ECONNRESET/);
  });

  test('with a certificate from an unknown authority is named and not told the password', async () => {
    await trust((await strangeCertificates()).authority);
    await assertUnusable(new URL(server.url), /unable to verify the first certificate/);
  });

  test('with a certificate for another host is named and not told the password', async () => {
    await trust(server.authority);
    const url = new URL(server.url);
    url.hostname = '127.1';
    await assertUnusable(url, /Hostname\/IP does not match certificate's altnames/);
  });
});

test('a Redis that is away is named once, not at each attempt to reach it, and when it is back', async () => {
  await using server = await privateRedis();
  await using pair = openPair(server.url);
  await eventually(() => pair.cache.healthy());
  await server.stop();
  let attempts = 0;
  const deaf = createServer((socket) => {
    attempts += 1;
    socket.destroy();
  });
  deaf.listen(server.port, '127.0.0.1');
  await once(deaf, 'listening');
  await eventually(() => attempts >= 8);
  deaf.close();
  assert.equal(pair.lines.length, 2, pair.lines.join('\n'));
  for (const line of pair.lines) {
    assert.match(
      line,
      new RegExp(`warn Redis at 127.0.0.1:${server.port} cannot be used \\(.+\\)`),
    );
  }
  await server.restart();
  await eventually(() => pair.cache.healthy());
  await eventually(() => pair.lines.length === 4);
  for (const line of pair.lines.slice(2)) assert.match(line, /^info .* can be used again$/);
});

test('the rights that docs/settings.md names are enough for reader and writer', async () => {
  const docs = await readFile(new URL('../../../docs/settings.md', import.meta.url), 'utf8');
  const rights = /`(~bal:.+?)`/s.exec(docs)![1]!.split(/\s+/);
  await using server = await privateRedis();
  await using pair = openPair(await userWith(rights, server.url));
  await eventually(() => pair.cache.healthy());
  const read = await pair.cache.read(tenant, 'a');
  assert.ok(read.found === 'miss');
  await pair.cache.fill(tenant, 'a', balanceOf('a', 1), read.permit);
  await pair.publisher.publish([balanceOf('a', 2)]);
  await pair.publisher.register.strikeOff('another');
  assert.deepEqual(await pair.publisher.register.lapsed(), []);
  assert.deepEqual(pair.lines, []);
});

test('a Redis whose rights do not suffice is named once, while acknowledgements go on', async () => {
  await using server = await privateRedis();
  const url = await userWith(['~*', '&*', '+@all', '-@scripting'], server.url);
  await assertUnusable(new URL(url), /NOPERM .*'eval(sha)?'/);
});

test('of what makes Redis unusable one line a minute is logged, and none of its arguments', () => {
  const { log, lines } = recorder();
  let nowMs = 0;
  const trouble = logTrouble({ log, address: 'cache:6379', nowMs: () => nowMs });
  trouble.over();
  trouble.met(new Error("ERR unknown command 'HELLO', with args beginning with: 'secret'"));
  trouble.met(new Error('connect ECONNREFUSED'));
  nowMs = 59_999;
  trouble.met(new Error('connect ECONNREFUSED'));
  nowMs = 60_000;
  trouble.met(new AggregateError([new Error('connect ECONNREFUSED ::1:6379')]));
  trouble.over();
  trouble.over();
  const rest = 'until it can, balances come from the book';
  assert.deepEqual(lines, [
    `warn Redis at cache:6379 cannot be used (ERR unknown command 'HELLO'); ${rest}`,
    `warn Redis at cache:6379 cannot be used (connect ECONNREFUSED ::1:6379); ${rest}`,
    'info Redis at cache:6379 can be used again',
  ]);
});

/** Makes a user with these rights. @returns the URL with which it signs in */
async function userWith(rights: readonly string[], address: string): Promise<string> {
  const url = new URL(address);
  url.username = 'limited';
  url.password = 'sEcret-0f-this-Test';
  const admin = new Redis(address);
  await admin.call('ACL', 'SETUSER', url.username, 'on', `>${url.password}`, ...rights);
  admin.disconnect();
  return url.href;
}

/** Reader and writer go on without it; each says once why, and nothing of the password. */
async function assertUnusable(url: URL, reason: RegExp): Promise<void> {
  await using pair = openPair(url.href);
  await eventually(async () => {
    assert.equal((await pair.cache.read(tenant, 'a')).found, 'bypass');
    return pair.lines.length === 2;
  });
  for (const line of pair.lines) {
    assert.match(line, new RegExp(`^warn Redis at ${url.host} cannot be used \\(.*`));
    assert.match(line, reason);
    assert.ok(!line.includes(url.password), line);
  }
  await pair.publisher.publish([balanceOf('a', 1)]);
  assert.equal(pair.publisher.stats().leased, false);
  assert.equal(pair.publisher.stats().missed, 1);
}

function openPair(address: string) {
  const { log, lines } = recorder();
  const settings = {
    REDIS: address,
    CACHE_TTL_MS: 5_000,
    CACHE_LEASE_MS: 1_200,
    CACHE_TIMEOUT_MS: 1_000,
  };
  const cache = openRedisCache({ settings, log });
  const book = new TestWriters().enter();
  const publisher = openRedisPublisher({ settings, log, writerId: book.id, book });
  return {
    cache,
    publisher,
    lines,
    async [Symbol.asyncDispose]() {
      await publisher[Symbol.asyncDispose]();
      await cache[Symbol.asyncDispose]();
    },
  };
}

function recorder() {
  const lines: string[] = [];
  const write = (line: string): void => {
    const { level, msg } = JSON.parse(line) as { level: number; msg: string };
    lines.push(`${pino.levels.labels[level]} ${msg}`);
  };
  return { log: pino({}, { write }), lines };
}
