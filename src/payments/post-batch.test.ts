import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ProblemError } from '../contracts/problems.ts';
import { someTransfer, testPayments, until } from './testing.ts';

const payments = await testPayments();
after(() => payments[Symbol.asyncDispose]());
const { batch, core, token } = payments;

interface Result {
  key: string;
  status: string;
  replayed?: boolean;
  source?: { version: number };
  problem?: { code: string; status: number };
}

async function results(response: Response): Promise<Result[]> {
  assert.equal(response.status, 200);
  return ((await response.json()) as { results: Result[] }).results;
}

test('a batch is posted in its order, each transfer on its own', async () => {
  const back = { ...someTransfer, sourceAccountId: 'alice', destinationAccountId: 'bank' };
  const [first, tooMuch, second, third] = await results(
    await batch([
      { key: 'b1', ...someTransfer, minor: 500 },
      { key: 'b2', ...back, minor: 501 },
      { key: 'b3', ...back, minor: 500 },
      { key: 'b4', ...back, minor: 1 },
    ]),
  );
  assert.deepEqual([first!.status, first!.source], ['posted', { version: 1 }]);
  assert.equal(tooMuch!.problem!.code, 'insufficient_funds');
  assert.equal(second!.status, 'posted');
  assert.equal(third!.problem!.code, 'insufficient_funds');
});

test('the same batch again moves nothing and marks every result as replayed', async () => {
  const transfers = [
    { key: 'r1', ...someTransfer },
    { key: 'r2', ...someTransfer, currency: 'USD' },
  ];
  const first = await results(await batch(transfers));
  const second = await results(await batch(transfers));
  assert.deepEqual(
    second,
    first.map((result) => ({ ...result, replayed: true })),
  );
  assert.deepEqual(
    first.map(({ replayed }) => replayed),
    [undefined, undefined],
  );
});

test('a key twice in one batch is posted once; with other content it is refused', async () => {
  const [one, again, other] = await results(
    await batch([
      { key: 'twice', ...someTransfer },
      { key: 'twice', ...someTransfer },
      { key: 'twice', ...someTransfer, minor: 1 },
    ]),
  );
  assert.equal(again!.replayed, true);
  assert.deepEqual({ ...again, replayed: undefined }, { ...one, replayed: undefined });
  assert.equal(other!.problem!.code, 'idempotency_key_reused');
});

test("what is wrong with one item is that item's result", async () => {
  const alice = { authorization: `Bearer ${await token({ accounts: ['alice'] })}` };
  const own = { ...someTransfer, sourceAccountId: 'alice', destinationAccountId: 'bob', minor: 1 };
  await batch([{ key: 'funds', ...someTransfer, minor: 10 }]);
  const codes = await results(
    await batch(
      [
        { key: 'i1', ...own, minor: '0' },
        { key: 'i2', ...own, minor: 1.5 },
        { key: 'i3', ...own, minor: '99999999999999999999' },
        { key: 'i4', ...own, effectiveAt: '2026-02-30' },
        { key: 'i5', ...own, narration: '\0' },
        { key: 'i6', ...own, destinationAccountId: 'alice' },
        { key: 'i7', ...someTransfer },
        { key: 'i8', ...own },
      ],
      alice,
    ),
  );
  assert.deepEqual(
    codes.map(({ key, status, problem }) => [key, problem?.code ?? status]),
    [
      ['i1', 'invalid_request'],
      ['i2', 'invalid_request'],
      ['i3', 'invalid_request'],
      ['i4', 'invalid_request'],
      ['i5', 'invalid_request'],
      ['i6', 'same_account'],
      ['i7', 'forbidden'],
      ['i8', 'posted'],
    ],
  );
});

test('a body that cannot be read is refused as a whole, and nothing of it is posted', async () => {
  core.groups.length = 0;
  const good = { key: 'never', ...someTransfer };
  const { key: _, ...keyless } = good;
  for (const [name, transfers] of [
    ['none', []],
    ['too many', Array.from({ length: 1_001 }, () => good)],
    ['no key', [good, keyless]],
    ['bad key', [good, { ...good, key: 'a b' }]],
    ['unknown field', [good, { ...good, colour: 'red' }]],
    ['account id', [good, { ...good, sourceAccountId: '' }]],
    ['amount of another type', [good, { ...good, minor: true }]],
  ] as const) {
    const answer = await batch([...transfers]);
    assert.equal(answer.status, 400, name);
  }
  const large = { ...good, metadata: { a: 'x'.repeat(2 * 1024 * 1024) } };
  assert.equal((await batch([large])).status, 413);
  assert.deepEqual(core.groups, []);
});

const narrow = { LS_IN_FLIGHT_START: '64', LS_IN_FLIGHT_MAX: '64' };

test('a thousand transfers go to the core in shares that leave room for others', async () => {
  await using small = await testPayments(narrow);
  const transfers = Array.from({ length: 1_000 }, (_, i) => ({ key: `t${i}`, ...someTransfer }));
  const posted = await results(await small.batch(transfers));
  assert.deepEqual(
    posted.map(({ key }) => key),
    transfers.map(({ key }) => key),
  );
  const sizes = small.core.groups;
  assert.equal(
    sizes.reduce((sum, size) => sum + size, 0),
    1_000,
  );
  assert.ok(Math.max(...sizes) <= 32, `${Math.max(...sizes)}: half of the limit`);
  const { admitted, inFlight } = await small.stats();
  assert.deepEqual([admitted, inFlight], [1, 0]);
});

test('a batch pays a token for twenty transfers, and one larger than any burst is slow and not impossible', async () => {
  await using small = await testPayments({ LS_RATE_PER_SEC: '20', LS_BURST: '20' });
  const transfers = Array.from({ length: 1_000 }, (_, i) => ({ key: `t${i}`, ...someTransfer }));
  const startedAt = performance.now();
  const posted = await results(await small.batch(transfers));
  assert.ok(posted.every(({ status }) => status === 'posted'));
  // Bulk leaves 5 of the 20 to the classes above it; it waits for what it needs beyond the other 15.
  const tookMs = performance.now() - startedAt;
  assert.ok(tookMs > 1_600, `35 tokens at 20 a second: ${tookMs} ms`);
  assert.ok(small.core.groups[0]! <= 15 * 20);
  // What singles may have is left to them.
  assert.equal((await small.transfer(someTransfer)).status, 201);
});

test('the rest of a batch whose time is over hears what was missing, and can be sent again', async () => {
  const wide = { LS_IN_FLIGHT_START: '2048' };
  const settings = { ...wide, LS_RATE_PER_SEC: '1', LS_BURST: '8' };
  await using small = await testPayments(settings);
  const transfers = Array.from({ length: 400 }, (_, i) => ({ key: `t${i}`, ...someTransfer }));
  const soon = { 'request-timeout': '0.5' };
  const some = await results(await small.batch(transfers, soon));
  const codes = some.map(({ status, problem }) => problem?.code ?? status);
  const done = codes.indexOf('overloaded');
  assert.equal(done, 120, 'six tokens, and not half of one that flowed in');
  assert.deepEqual(codes, [...Array(done).fill('posted'), ...Array(400 - done).fill('overloaded')]);
  assert.equal((await small.batch(transfers, soon)).status, 503, 'not even one token');
  const { offered, admitted, shed } = await small.stats();
  assert.deepEqual([offered, admitted, shed.bulk.rate], [2, 1, 1]);

  await using quota = await testPayments({
    ...wide,
    LS_CLIENT_RATE_PER_SEC: '1',
    LS_CLIENT_BURST: '2',
  });
  const answer = await quota.batch(transfers, soon);
  assert.match(answer.headers.get('ratelimit')!, /^"client";r=0;/);
  const all = await results(answer);
  const allowed = all.findIndex(({ problem }) => problem?.code === 'rate_limited');
  assert.equal(allowed, 40, 'two requests of the quota');
});

test('what fails in the middle of a batch stops the rest, and what was posted before it says so', async () => {
  await using small = await testPayments(narrow);
  const transfers = Array.from({ length: 200 }, (_, i) => ({ key: `m${i}`, ...someTransfer }));
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  small.core.hold = first.promise;
  const answer = small.batch(transfers);
  await until(() => small.core.groups.length === 1);
  small.core.hold = second.promise;
  first.resolve();
  await until(() => small.core.groups.length === 2);
  small.core.failure = new ProblemError('overloaded', 'Full.');
  second.resolve();
  const all = await results(await answer);
  small.core.failure = undefined;
  const posted = small.core.groups[0]!;
  assert.deepEqual(small.core.groups, [posted, posted], 'the third share was not tried');
  assert.deepEqual(
    all.map(({ status, problem }) => problem?.code ?? status),
    transfers.map((_, i) => (i < posted ? 'posted' : 'overloaded')),
  );
  const again = await results(await small.batch(transfers));
  assert.deepEqual(
    again.map(({ status, replayed }) => [status, replayed === true]),
    transfers.map((_, i) => ['posted', i < posted]),
  );
});
