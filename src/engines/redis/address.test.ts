import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from './address.ts';
import { slotOf } from './cluster.ts';

const host = (name: string, port = 6_379) => ({ host: name, port });

test('REDIS names a server by host and port or by a URL', () => {
  assert.deepEqual(parseAddress('cache:6380'), {
    kind: 'server',
    hosts: [host('cache', 6_380)],
    tls: false,
    database: 0,
    shown: 'cache:6380',
  });
  assert.deepEqual(parseAddress('rediss://ada:p%40ss@cache/3'), {
    kind: 'server',
    hosts: [host('cache')],
    tls: true,
    username: 'ada',
    password: 'p@ss',
    database: 3,
    shown: 'cache:6379',
  });
  assert.deepEqual(parseAddress('redis://:secret@[::1]:7000').hosts, [host('::1', 7_000)]);
});

test('REDIS names Sentinels with what they call the primary', () => {
  const address = parseAddress(
    'rediss+sentinel://ada:secret@one,two:26380/atlas?database=2&sentinelPassword=x%26y',
  );
  assert.deepEqual(address, {
    kind: 'sentinel',
    hosts: [host('one', 26_379), host('two', 26_380)],
    tls: true,
    username: 'ada',
    password: 'secret',
    database: 2,
    primary: 'atlas',
    sentinelPassword: 'x&y',
    shown: 'one:26379,two:26380',
  });
});

test('REDIS names a cluster by some of its nodes', () => {
  const { kind, hosts, tls, password } = parseAddress('redis+cluster://:secret@a:1,b:2');
  assert.deepEqual(
    { kind, hosts, tls, password },
    { kind: 'cluster', hosts: [host('a', 1), host('b', 2)], tls: false, password: 'secret' },
  );
});

test('what REDIS cannot mean is refused, without its password', () => {
  for (const wrong of [
    'http://user:secret@host',
    'redis://',
    'redis://:secret@',
    ':::',
    'redis://:secret@a:1,b:2',
    'redis://:secret@host/primary',
    'redis://:secret@host?x=1',
    'redis+sentinel://:secret@host',
    'redis+sentinel://:secret@host/name?database=x',
    'redis+sentinel://:secret@host/name?other=1',
    'redis+cluster://:secret@host/2',
    'redis+other://:secret@host',
    'redis://:%zz-secret@host',
  ]) {
    assert.throws(
      () => parseAddress(wrong),
      ({ message }: Error) => message.startsWith('REDIS must be') && !message.includes('secret'),
      wrong,
    );
  }
});

test('hash slots are those of the Redis Cluster specification', () => {
  assert.equal(slotOf('123456789'), 0x31c3);
  assert.equal(slotOf('foo'), 12_182);
});
