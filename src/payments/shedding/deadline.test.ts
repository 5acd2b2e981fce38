import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { expired } from '../../contracts/transfers.ts';
import { timeoutMsOf } from './deadline.ts';
import { someTransfer, testPayments, until } from '../testing.ts';

const codeOf = async (answer: Response) =>
  `${answer.status} ${((await answer.json()) as { code: string }).code}`;

test('Request-Timeout is a decimal number of seconds, else the default, and never above the maximum', () => {
  const deadlines = { defaultMs: 10_000, maxMs: 60_000 };
  const read = (given?: string) =>
    timeoutMsOf(given === undefined ? {} : { 'request-timeout': given }, deadlines);
  assert.equal(read(), 10_000);
  assert.equal(read('2'), 2_000);
  assert.equal(read('0.25'), 250);
  assert.equal(read('0'), 0);
  assert.equal(read('999999999'), 60_000);
  for (const wrong of ['', '-1', '1s', '1e3', '.5', '1.', ' 1', '1, 2', 'NaN', '1000000000']) {
    assert.equal(read(wrong), undefined, wrong);
  }
});

test('a request without time left is refused at the door, and one with a wrong time is 400', async () => {
  await using payments = await testPayments();
  const { core, transfer, batch, stats } = payments;
  const none = { 'request-timeout': '0' };
  const refused = await transfer(someTransfer, none);
  assert.match(refused.headers.get('retry-after')!, /^\d+$/);
  assert.equal(await codeOf(refused), '503 overloaded');
  assert.equal(await codeOf(await batch([{ key: 'b', ...someTransfer }], none)), '503 overloaded');
  // Where a browser asks, the app refuses.
  const origin = { ...none, origin: 'http://localhost:3000' };
  assert.equal(await codeOf(await transfer(someTransfer, origin)), '503 overloaded');
  for (const wrong of ['soon', '-1', '1s']) {
    const answer = await transfer(someTransfer, { 'request-timeout': wrong });
    assert.equal(await codeOf(answer), '400 invalid_request', wrong);
  }
  const { shed, admitted } = await stats();
  assert.deepEqual([shed.normal.deadline, shed.bulk.deadline, admitted], [2, 1, 0]);
  assert.deepEqual(core.groups, []);
});

test('a request whose time ended before its body came is not handed over', async () => {
  await using payments = await testPayments();
  const body = JSON.stringify(someTransfer);
  const socket = connect(Number(new URL(payments.url).port), '127.0.0.1');
  socket.write(
    `POST /payments/transfers HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${await payments.token()}\r\n` +
      'idempotency-key: late\r\ncontent-type: application/json\r\nrequest-timeout: 0.05\r\n' +
      `content-length: ${body.length}\r\n\r\n`,
  );
  while ((await payments.stats()).admitted < 1) await new Promise(setImmediate);
  await new Promise((resolve) => setTimeout(resolve, 60));
  socket.write(body);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.match(String(answer), /^HTTP\/1.1 503[^]*"code":"overloaded"/);
  assert.equal((await payments.stats()).shed.normal.deadline, 1);
  assert.deepEqual(payments.core.groups, []);
  socket.destroy();
});

test('what the core found expired is overloaded, counted as such, and its key is not known as begun', async () => {
  await using payments = await testPayments();
  const { core, transfer, batch, stats } = payments;
  core.outcome = expired;
  const refused = await transfer(someTransfer, { 'idempotency-key': 'late' });
  assert.match(refused.headers.get('retry-after')!, /^\d+$/);
  assert.equal(await codeOf(refused), '503 overloaded');
  assert.equal(await codeOf(await batch([{ key: 'b', ...someTransfer }])), '503 overloaded');
  core.outcome = undefined;
  assert.equal((await transfer(someTransfer, { 'idempotency-key': 'late' })).status, 201);
  const { shed, admittedByClass } = await stats();
  assert.deepEqual([shed.normal.deadline, shed.bulk.deadline], [1, 1]);
  assert.deepEqual(admittedByClass, { critical: 0, normal: 1, bulk: 0 });
});

test('the core is told when the caller stops waiting', async () => {
  await using payments = await testPayments();
  const { core, transfer } = payments;
  const before = performance.now();
  await transfer(someTransfer, { 'request-timeout': '2.5' });
  await transfer(someTransfer);
  await until(() => core.requests.length === 2);
  const [given, byDefault] = core.requests.map(({ deadlineMs }) => deadlineMs! - before);
  assert.ok(given! > 2_000 && given! < 2_500 + (performance.now() - before), `${given}`);
  assert.ok(byDefault! > 9_000, `${byDefault}`);
});
