import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientQuotas, policyHeader, remainingHeader } from './client-quotas.ts';
import { someTransfer, testPayments } from '../testing.ts';

test('each client has a burst and a pace of its own', () => {
  const clock = { ms: 0 };
  const rate = { perSecond: 2, burst: 4 };
  const quotas = new ClientQuotas({ rate, nowMs: () => clock.ms });
  for (let i = 0; i < 4; i += 1) {
    assert.ok(quotas.allows('a'));
    quotas.take('a');
  }
  assert.ok(!quotas.allows('a'));
  assert.ok(quotas.allows('b'));
  assert.deepEqual(quotas.remaining('a'), { requests: 0, resetSeconds: 1 });
  assert.equal(quotas.exhausted, 1);
  clock.ms += 500;
  assert.deepEqual(quotas.remaining('a'), { requests: 1, resetSeconds: 2 });
  assert.equal(policyHeader(rate), '"client";q=4;w=2');
  assert.equal(remainingHeader(quotas.remaining('a')), '"client";r=1;t=2');
});

test('replicas that share a ceiling give a client its quota together, by how many they are', () => {
  const clock = { ms: 0 };
  let members = 1;
  const rate = { perSecond: 10, burst: 12 };
  const quotas = new ClientQuotas({ rate, nowMs: () => clock.ms, replicas: () => members });
  const drain = (client: string) => {
    let taken = 0;
    while (quotas.allows(client)) {
      quotas.take(client);
      taken += 1;
    }
    return taken;
  };
  assert.equal(drain('a'), 12);
  members = 4;
  assert.ok(!quotas.allows('a'));
  assert.equal(drain('b'), 3);
  assert.equal(policyHeader(quotas.share), '"client";q=3;w=2');
  clock.ms += 1_000;
  assert.equal(drain('a'), 2, 'its part from now on');
  members = 100;
  assert.equal(drain('c'), 1, 'nobody is shut out');
});

test('the table keeps its limit, and forgets first who was quiet for longest', () => {
  const quotas = new ClientQuotas({
    rate: { perSecond: 1, burst: 1 },
    nowMs: () => 0,
    clientsMax: 100,
  });
  for (let i = 0; i < 100; i += 1) quotas.take(`c${i}`);
  quotas.take('c0');
  for (let i = 100; i < 150; i += 1) quotas.take(`c${i}`);
  assert.equal(quotas.size, 100);
  assert.ok(!quotas.allows('c0'));
  assert.ok(quotas.allows('c1'), 'forgotten, and so as good as new');
});

test('a quota that is set while it runs holds for everybody at once, and 0 ends it', () => {
  const quotas = new ClientQuotas({ rate: { perSecond: 0, burst: 1 }, nowMs: () => 0 });
  for (let i = 0; i < 1_000; i += 1) quotas.take('a');
  assert.ok(quotas.allows('a'));
  quotas.setRate({ perSecond: 1, burst: 2 });
  quotas.take('a');
  quotas.take('a');
  assert.ok(!quotas.allows('a'));
  quotas.setRate({ perSecond: 0, burst: 2 });
  assert.ok(quotas.allows('a'));
  assert.equal(quotas.size, 0);
});

test('a client beyond its quota hears 429 with RateLimit headers, others are served', async () => {
  await using payments = await testPayments({
    LS_CLIENT_RATE_PER_SEC: '1',
    LS_CLIENT_BURST: '2',
  });
  const { transfer, stats, token } = payments;
  const first = await transfer(someTransfer);
  assert.equal(first.headers.get('ratelimit-policy'), '"client";q=2;w=2');
  assert.match(first.headers.get('ratelimit')!, /^"client";r=1;t=[12]$/);
  await transfer(someTransfer);
  const origin = 'http://localhost:3000';
  for (const more of [{}, { origin }]) {
    const refused = await transfer(someTransfer, more);
    assert.equal(refused.status, 429);
    assert.equal(((await refused.json()) as { code: string }).code, 'rate_limited');
    assert.equal(refused.headers.get('ratelimit-policy'), '"client";q=2;w=2');
    assert.match(refused.headers.get('ratelimit')!, /^"client";r=0;t=[12]$/);
    assert.match(refused.headers.get('retry-after')!, /^[12]$/);
  }
  const shown = await transfer(someTransfer, { origin });
  assert.match(shown.headers.get('access-control-expose-headers')!, /RateLimit, RateLimit-Policy/);
  const other = { authorization: `Bearer ${await token({ subject: 'other' })}` };
  assert.equal((await transfer(someTransfer, other)).status, 201);
  const { shed, reasons } = await stats();
  assert.equal(shed.normal.quota, 3);
  assert.deepEqual([reasons.quota.clients, reasons.quota.exhausted], [2, 1]);
});
