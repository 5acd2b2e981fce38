import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, test } from 'node:test';
import * as fc from 'fast-check';
import { ProblemError } from '../contracts/problems.ts';
import { someTransfer, testPayments, until } from './testing.ts';

const payments = await testPayments({ LS_RATE_PER_SEC: '1000000', LS_BURST: '1000000' });
after(() => payments[Symbol.asyncDispose]());
const { core, transfer, send, token } = payments;

async function refusal(response: Response): Promise<string> {
  assert.match(response.headers.get('content-type')!, /^application\/problem\+json/);
  const { status, code } = (await response.json()) as { status: number; code: string };
  assert.equal(status, response.status);
  return `${status} ${code}`;
}

test('a transfer is posted and its replay is the same bytes, marked as one', async () => {
  const first = await transfer(someTransfer, { 'idempotency-key': 'replayed' });
  const second = await transfer(someTransfer, { 'idempotency-key': 'replayed' });
  assert.equal(first.status, 201);
  assert.equal(second.status, 201);
  assert.equal(first.headers.get('idempotency-replayed'), null);
  assert.equal(second.headers.get('idempotency-replayed'), 'true');
  const body = await first.text();
  assert.equal(await second.text(), body);
  assert.deepEqual(Object.keys(JSON.parse(body) as object), [
    'status',
    'entryId',
    'source',
    'destination',
    'postedAt',
  ]);
});

test('a refusal by the book is final: its replay is the same bytes, marked as one', async () => {
  const poor = { ...someTransfer, sourceAccountId: 'bob' };
  const first = await transfer(poor, { 'idempotency-key': 'refused' });
  const second = await transfer(poor, { 'idempotency-key': 'refused' });
  assert.equal(second.headers.get('idempotency-replayed'), 'true');
  const body = await first.text();
  assert.equal(await second.text(), body);
  assert.match(body, /insufficient_funds/);
  assert.equal(first.status, 409);
});

test('the same key with another body is refused, stored or still under way', async () => {
  const headers = { 'idempotency-key': 'reused' };
  const other = { ...someTransfer, minor: '101' };
  const held = Promise.withResolvers<void>();
  core.hold = held.promise;
  core.groups.length = 0;
  const first = transfer(someTransfer, headers);
  await until(() => core.groups.length > 0);
  assert.equal(await refusal(await transfer(other, headers)), '422 idempotency_key_reused');
  held.resolve();
  assert.equal((await first).status, 201);
  assert.equal(await refusal(await transfer(other, headers)), '422 idempotency_key_reused');
});

test('the same key twice at once reaches the core once, and both get its answer', async () => {
  const headers = { 'idempotency-key': 'joined' };
  const held = Promise.withResolvers<void>();
  core.hold = held.promise;
  core.groups.length = 0;
  const both = [transfer(someTransfer, headers), transfer(someTransfer, headers)];
  await until(() => core.groups.length > 0);
  // Both are in: the statistics count them.
  while ((await payments.stats()).inFlight < 2) await new Promise(setImmediate);
  held.resolve();
  const [one, other] = await Promise.all(both);
  assert.deepEqual(core.groups, [1]);
  assert.equal(await one!.text(), await other!.text());
  const marks = [one, other].map((answer) => answer!.headers.get('idempotency-replayed'));
  assert.deepEqual(new Set(marks), new Set([null, 'true']));
});

test('the Idempotency-Key must be there, once, and visible ASCII', async () => {
  const withKey = (key: string) =>
    send('POST', '/payments/transfers', someTransfer, { 'idempotency-key': key });
  const without = await send('POST', '/payments/transfers', someTransfer);
  assert.equal(await refusal(without), '400 idempotency_key_missing');
  assert.equal(await refusal(await withKey('')), '400 idempotency_key_missing');
  for (const key of ['two words', 'a, b', 'é', 'x'.repeat(256)]) {
    assert.equal(await refusal(await withKey(key)), '400 invalid_request', key);
  }
  assert.equal((await withKey('!~'.repeat(127))).status, 201);
});

test('what a schema or a rule of the request refuses is 400, and nothing reaches the core', async () => {
  core.groups.length = 0;
  const bodies: [string, unknown][] = [
    ['unknown field', { ...someTransfer, colour: 'red' }],
    ['zero', { ...someTransfer, minor: '0' }],
    ['negative', { ...someTransfer, minor: -1 }],
    ['fraction', { ...someTransfer, minor: 1.5 }],
    ['beyond 2^53 as a number', JSON.stringify(someTransfer).replace('"100"', '9007199254740993')],
    ['beyond 64 bits', { ...someTransfer, minor: '9223372036854775808' }],
    ['leading zero', { ...someTransfer, minor: '007' }],
    ['currency', { ...someTransfer, currency: 'eur' }],
    ['account id', { ...someTransfer, sourceAccountId: 'a b' }],
    ['narration', { ...someTransfer, narration: 'x'.repeat(141) }],
    ['NUL', { ...someTransfer, narration: 'a\0b' }],
    ['half a surrogate pair', { ...someTransfer, metadata: { a: '\ud800' } }],
    ['NUL in a name', { ...someTransfer, metadata: { 'a\0': 'b' } }],
    ['empty name in metadata', { ...someTransfer, metadata: { '': 'b' } }],
    ['long name in metadata', { ...someTransfer, metadata: { ['a'.repeat(65)]: 'b' } }],
    ['number in metadata', { ...someTransfer, metadata: { a: 1 } }],
    ['number under a name with a line break', { ...someTransfer, metadata: { 'a\nb': 1 } }],
    [
      'too much metadata',
      {
        ...someTransfer,
        metadata: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [i, 'x'])),
      },
    ],
    ['unknown context', { ...someTransfer, context: { ip: '1.2.3.4' } }],
    ['a day that does not exist', { ...someTransfer, effectiveAt: '2026-02-30' }],
    ['null', null],
    ['text', '"text"'],
    ['not JSON', '{'],
    ['prototype', '{"__proto__":{}}'],
  ];
  for (const [name, body] of bodies) {
    const answer = await transfer((body === null ? 'null' : body) as object);
    assert.equal(await refusal(answer), '400 invalid_request', name);
  }
  const wrongType = { 'content-type': 'text/plain' };
  assert.equal(
    await refusal(await transfer(someTransfer, wrongType)),
    '415 unsupported_media_type',
  );
  const large = { ...someTransfer, narration: 'x'.repeat(2 * 1024 * 1024) };
  assert.equal(await refusal(await transfer(large)), '413 payload_too_large');
  assert.equal(
    await refusal(await transfer({ ...someTransfer, destinationAccountId: 'bank' })),
    '422 same_account',
  );
  assert.deepEqual(core.groups, []);
});

test('a token debits only its own accounts and credits any of its tenant', async () => {
  const alice = { authorization: `Bearer ${await token({ accounts: ['alice'] })}` };
  assert.equal((await transfer(someTransfer)).status, 201);
  const own = { ...someTransfer, sourceAccountId: 'alice', destinationAccountId: 'bob', minor: 1 };
  assert.equal((await transfer(own, alice)).status, 201);
  core.groups.length = 0;
  assert.equal(await refusal(await transfer(someTransfer, alice)), '403 forbidden');
  const unscoped = { authorization: `Bearer ${await token({ scope: 'balances' })}` };
  assert.equal(await refusal(await transfer(someTransfer, unscoped)), '403 forbidden');
  const elsewhere = { 'x-tenant-id': 'tnt_other' };
  assert.equal(await refusal(await transfer(someTransfer, elsewhere)), '403 forbidden');
  const nobody = { authorization: 'Bearer nonsense' };
  assert.equal(await refusal(await transfer(someTransfer, nobody)), '401 unauthenticated');
  assert.deepEqual(core.groups, []);
});

test('an amount of 2^63-1 and a date without a zone reach the core exactly', async () => {
  const key = 'exact';
  const rich = { ...someTransfer, destinationAccountId: 'bob', minor: '9223372036854775807' };
  await transfer({ ...rich, effectiveAt: '2026-11-24T10:00' }, { 'idempotency-key': key });
  const stored = await core.find('tnt_demo', { key });
  assert.equal(stored!.request.amountMinor, 2n ** 63n - 1n);
  assert.equal(stored!.request.effectiveAt, '2026-11-24T10:00:00.000Z');
});

test('an unknown outcome is 503 unavailable, and the key can be sent again', async () => {
  const headers = { 'idempotency-key': 'unknown' };
  core.failure = new ProblemError('unavailable', 'Gone.');
  assert.equal(await refusal(await transfer(someTransfer, headers)), '503 unavailable');
  core.failure = undefined;
  assert.equal((await transfer(someTransfer, headers)).status, 201);
});

test('a core that is full answers 503 overloaded with Retry-After', async () => {
  core.failure = new ProblemError('overloaded', 'Full.');
  const answer = await transfer(someTransfer);
  core.failure = undefined;
  assert.match(answer.headers.get('retry-after')!, /^[12]$/);
  assert.equal(await refusal(answer), '503 overloaded');
  assert.equal((await payments.stats()).shed.normal.queue, 1);
});

test('work goes on in its place when the caller has gone away', async () => {
  const held = Promise.withResolvers<void>();
  core.hold = held.promise;
  core.groups.length = 0;
  const gone = httpRequest(`${payments.url}/payments/transfers`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await token()}`,
      'content-type': 'application/json',
      'idempotency-key': 'gone',
    },
  });
  gone.on('error', () => {});
  gone.end(JSON.stringify(someTransfer));
  await until(() => core.groups.length === 1);
  gone.destroy();
  // Its connection's end is seen before a later request on another connection is answered.
  for (let i = 0; i < 3; i += 1) assert.equal((await payments.stats()).inFlight, 1);
  held.resolve();
  while ((await payments.stats()).inFlight > 0) await new Promise(setImmediate);
  assert.ok(await core.find('tnt_demo', { key: 'gone' }));
});

test('no body whatever makes the role fail', async () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('bank'));
  const field = fc.oneof(text, fc.integer(), fc.double(), fc.constant(null), fc.jsonValue());
  const body = fc.oneof(
    fc.jsonValue(),
    fc.record(
      {
        sourceAccountId: fc.oneof(fc.constant('bank'), field),
        destinationAccountId: fc.oneof(fc.constant('alice'), field),
        minor: fc.oneof(fc.nat().map(String), field),
        currency: fc.oneof(fc.constantFrom('EUR', 'USD'), field),
        narration: fc.oneof(text, field),
        effectiveAt: fc.oneof(
          fc.date({ noInvalidDate: true }).map((d) => d.toISOString()),
          field,
        ),
        metadata: fc.oneof(fc.dictionary(text, text), field),
        context: fc.oneof(fc.record({ deviceId: text }, { requiredKeys: [] }), field),
      },
      { requiredKeys: ['sourceAccountId', 'destinationAccountId', 'minor', 'currency'] },
    ),
  );
  const known = new Set([201, 400, 404, 409, 422]);
  await fc.assert(
    fc.asyncProperty(body, async (value) => {
      const answer = await transfer(JSON.stringify(value) as unknown as object);
      assert.ok(known.has(answer.status), `${answer.status}: ${await answer.text()}`);
      await answer.arrayBuffer().catch(() => {});
    }),
    { numRuns: 500 },
  );
});
