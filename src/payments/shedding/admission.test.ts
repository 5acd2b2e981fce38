import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { ProblemError } from '../../contracts/problems.ts';
import { expired } from '../../contracts/transfers.ts';
import { someTransfer, testPayments } from '../testing.ts';
import { trafficClasses } from '../../platform/pressure/traffic-class.ts';

test('beyond the in-flight limit a request is refused, with nothing taken or stored', async () => {
  await using payments = await testPayments({ LS_IN_FLIGHT_START: '2', LS_IN_FLIGHT_MAX: '2' });
  const { core, transfer, stats } = payments;
  const held = Promise.withResolvers<void>();
  core.hold = held.promise;
  const admitted = [transfer(someTransfer), transfer(someTransfer)];
  while ((await stats()).inFlight < 2) await new Promise(setImmediate);
  const before = await stats();
  const refused = await transfer(someTransfer, { 'idempotency-key': 'refused' });
  assert.equal(refused.status, 503);
  assert.equal(((await refused.json()) as { code: string }).code, 'overloaded');
  assert.match(refused.headers.get('retry-after')!, /^[1-9]\d?$/);
  const after = await stats();
  assert.ok(after.tokensAvailable >= before.tokensAvailable);
  assert.equal(after.admitted, 2);
  assert.equal(after.shed.normal.inFlight, 1);
  held.resolve();
  for (const answer of await Promise.all(admitted)) assert.equal(answer.status, 201);
  const later = await transfer(someTransfer, { 'idempotency-key': 'refused' });
  assert.equal(later.headers.get('idempotency-replayed'), null);
});

test('beyond the burst the bucket refuses singles and batches, and counts each by its class', async () => {
  await using payments = await testPayments({ LS_RATE_PER_SEC: '1', LS_BURST: '2' });
  const { transfer, batch, stats } = payments;
  assert.equal((await transfer(someTransfer)).status, 201);
  assert.equal((await batch([{ key: 'in-batch', ...someTransfer }])).status, 200);
  assert.equal((await transfer(someTransfer)).status, 503);
  assert.equal((await batch([{ key: 'never', ...someTransfer }])).status, 503);
  const { shed, admitted } = await stats();
  assert.equal(admitted, 2);
  assert.equal(shed.normal.rate, 1);
  assert.equal(shed.bulk.rate, 1);
  assert.equal(await payments.core.find('tnt_demo', { key: 'never' }), undefined);
});

test('health, metrics, statistics and lookups are never shed', async () => {
  await using payments = await testPayments({ LS_RATE_PER_SEC: '1', LS_BURST: '1' });
  const { transfer, get } = payments;
  await transfer(someTransfer, { 'idempotency-key': 'first' });
  assert.equal((await transfer(someTransfer)).status, 503);
  for (const path of [
    '/health',
    '/health/live',
    '/health/ready',
    '/metrics',
    '/payments/load-shedding/stats',
    '/payments/transfers?key=first',
  ]) {
    assert.equal((await get(path)).status, 200, path);
  }
  const metrics = await (await get('/metrics')).text();
  assert.match(metrics, /^atlas_payments_shed_total\{class="normal",reason="rate"\} 1$/m);
});

test('callers without a token, or with a wrong request, take nothing from others', async () => {
  await using payments = await testPayments({ LS_RATE_PER_SEC: '1', LS_BURST: '1' });
  const { transfer, send, token } = payments;
  for (let i = 0; i < 5; i += 1) {
    assert.equal((await transfer(someTransfer, { authorization: '' })).status, 401);
    assert.equal((await transfer(someTransfer, { 'x-tenant-id': 'tnt_other' })).status, 403);
    const unscoped = `Bearer ${await token({ scope: 'balances' })}`;
    assert.equal((await transfer(someTransfer, { authorization: unscoped })).status, 403);
    assert.equal((await send('POST', '/payments/transfers', someTransfer)).status, 400);
  }
  assert.equal((await transfer(someTransfer)).status, 201);
});

test('a browser can read a refusal: it carries the CORS headers', async () => {
  await using payments = await testPayments({ LS_RATE_PER_SEC: '1', LS_BURST: '1' });
  const origin = 'http://localhost:3000';
  await payments.transfer(someTransfer);
  const refused = await payments.transfer(someTransfer, { origin });
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get('access-control-allow-origin'), origin);
  assert.match(refused.headers.get('access-control-expose-headers')!, /Retry-After/);
  assert.match(refused.headers.get('retry-after')!, /^\d+$/);
});

test('a refused request leaves its connection usable, whatever of its body was on the way', async () => {
  await using payments = await testPayments({ LS_RATE_PER_SEC: '1', LS_BURST: '1' });
  await payments.transfer(someTransfer);
  const socket = connect(Number(new URL(payments.url).port), '127.0.0.1');
  const body = 'x'.repeat(300_000);
  const head = `POST /payments/transfers HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n\r\n`;
  socket.write(head + body + head + body);
  let answers = '';
  for await (const chunk of socket) {
    answers += String(chunk);
    if (answers.split('HTTP/1.1 503').length === 3) break;
  }
  assert.equal(answers.split('"code":"overloaded"').length, 3);
});

test('senders whose bodies do not come give their places up to others', async () => {
  await using payments = await testPayments({ LS_IN_FLIGHT_START: '2', LS_IN_FLIGHT_MAX: '2' });
  const { transfer, stats } = payments;
  const authorization = `Bearer ${await payments.token()}`;
  const body = JSON.stringify(someTransfer);
  const slow = ['slow-1', 'slow-2'].map((key) => {
    const socket = connect(Number(new URL(payments.url).port), '127.0.0.1');
    socket.write(
      `POST /payments/transfers HTTP/1.1\r\nhost: a\r\nauthorization: ${authorization}\r\n` +
        `idempotency-key: ${key}\r\ncontent-type: application/json\r\n` +
        `content-length: ${body.length}\r\n\r\n{`,
    );
    return socket;
  });
  while ((await stats()).inFlight < 2) await new Promise(setImmediate);
  assert.equal((await transfer(someTransfer)).status, 503);
  while ((await stats()).inFlight > 0) await new Promise(setImmediate);
  assert.equal((await transfer(someTransfer)).status, 201);
  // One sends the rest and is served, the other goes away: neither is counted twice.
  slow[0]!.write(body.slice(1));
  const [answer] = (await once(slow[0]!, 'data')) as [Buffer];
  assert.match(String(answer), /^HTTP\/1.1 201/);
  for (const socket of slow) socket.destroy();
  assert.equal((await stats()).inFlight, 0);
});

test('with a limit of one place, every request that ends badly gives it back', async () => {
  await using payments = await testPayments({ LS_IN_FLIGHT_START: '1', LS_IN_FLIGHT_MAX: '1' });
  const { transfer, core, stats } = payments;
  const headers = { 'content-type': 'text/plain' };
  const startedAtMs = performance.now();
  for (const [body, more] of [
    ['{', {}],
    [{ ...someTransfer, minor: 0 }, {}],
    [someTransfer, headers],
    [{ ...someTransfer, narration: 'x'.repeat(3_000_000) }, {}],
    [{ ...someTransfer, destinationAccountId: 'bank' }, {}],
  ] as const) {
    const answer = await transfer(body as object, more);
    assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status}`);
    while ((await stats()).inFlight > 0) await new Promise(setImmediate);
  }
  core.failure = new Error('broken');
  assert.equal((await transfer(someTransfer)).status, 500);
  core.failure = undefined;
  assert.equal((await stats()).inFlight, 0);
  const tookMs = performance.now() - startedAtMs;
  assert.ok(tookMs < 2_500, `${tookMs} ms: not after the grace of a late body each`);
  assert.equal((await transfer(someTransfer)).status, 201);
});

test('whatever is refused, wherever and for whatever, what was offered is what was admitted and shed', async () => {
  await using payments = await testPayments({
    LS_RATE_PER_SEC: '1',
    LS_BURST: '12',
    LS_CLIENT_RATE_PER_SEC: '1',
    LS_CLIENT_BURST: '5',
  });
  const { core, transfer, batch, token, stats } = payments;
  const item = { key: 'b', ...someTransfer };
  const late = { 'request-timeout': '0' };
  // At the door, and by the app where a browser asks.
  await transfer(someTransfer, late);
  await transfer(someTransfer, { ...late, origin: 'http://localhost:3000' });
  await batch([item], late);
  // After it: the core has no room, or finds it late, or fails.
  core.failure = new ProblemError('overloaded', 'Full.');
  await transfer(someTransfer);
  core.failure = new ProblemError('unavailable', 'Gone.');
  await transfer(someTransfer);
  core.failure = undefined;
  core.outcome = expired;
  await batch([item]);
  core.outcome = undefined;
  // Admitted, and wrong in itself.
  await transfer({ ...someTransfer, minor: '0' });
  await transfer(someTransfer);
  await transfer(someTransfer);
  for (let i = 0; i < 8; i += 1) {
    const authorization = `Bearer ${await token({ subject: `client ${i}` })}`;
    await transfer(someTransfer, { authorization });
  }
  const { offered, offeredByClass, admitted, admittedByClass, shed } = await stats();
  const all = (counts: object) => Object.values(counts).reduce<number>((sum, n) => sum + n, 0);
  for (const kind of trafficClasses) {
    assert.equal(admittedByClass[kind] + all(shed[kind]), offeredByClass[kind], kind);
  }
  assert.equal(admitted + all(trafficClasses.map((kind) => all(shed[kind]))), offered);
  assert.equal(offered, 17);
  assert.deepEqual([shed.normal.deadline, shed.bulk.deadline], [2, 2]);
  assert.deepEqual([shed.normal.queue, shed.normal.quota], [1, 1]);
  assert.ok(shed.normal.rate > 0);
  const metrics = await (await payments.get('/metrics')).text();
  assert.match(metrics, /^atlas_payments_offered_total\{class="bulk"\} 2$/m);
  const served = `atlas_payments_admitted_total{class="normal"} ${admittedByClass.normal}`;
  assert.ok(metrics.includes(served));
});
