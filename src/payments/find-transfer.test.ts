import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { someTransfer, testPayments } from './testing.ts';

const payments = await testPayments();
after(() => payments[Symbol.asyncDispose]());
const { get, transfer, token } = payments;
const rich = {
  ...someTransfer,
  narration: 'rent',
  effectiveAt: '2026-11-24',
  metadata: { invoice: '17' },
  context: { deviceId: 'phone' },
};

test('a transfer is found by its entry id and by its key, with all that was asked', async () => {
  const posted = await (await transfer(rich, { 'idempotency-key': 'found+1' })).json();
  const { entryId } = posted as { entryId: string };
  const wanted = {
    ...(posted as object),
    ...rich,
    key: 'found+1',
    effectiveAt: '2026-11-24T00:00:00.000Z',
  };
  for (const path of [
    `/payments/transfers/${entryId}`,
    `/payments/transfers/${entryId.toUpperCase()}`,
    '/payments/transfers?key=found%2B1',
  ]) {
    const answer = await get(path);
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), wanted);
  }
});

test('a refused transfer is found by its key, with the problem that its sender was told', async () => {
  const key = { 'idempotency-key': 'refused' };
  const refused = await (await transfer({ ...someTransfer, currency: 'USD' }, key)).json();
  const answer = await get('/payments/transfers?key=refused');
  const body = (await answer.json()) as { status: string; problem: { code: string } };
  assert.deepEqual([body.status, body.problem.code], ['refused', 'currency_mismatch']);
  assert.deepEqual(body.problem, refused);
});

test('what does not exist is 404, what cannot exist is 400', async () => {
  for (const [path, status] of [
    [`/payments/transfers/${randomUUID()}`, 404],
    ['/payments/transfers?key=never', 404],
    ['/payments/transfers/not-a-uuid', 400],
    ['/payments/transfers?key=', 400],
    ['/payments/transfers?key=a&key=b', 400],
    ['/payments/transfers?key=a&colour=red', 400],
    [`/payments/transfers?key=${'x'.repeat(256)}`, 400],
  ] as const) {
    const answer = await get(path);
    assert.equal(answer.status, status, path);
    assert.equal(answer.headers.get('content-type')?.split(';', 1)[0], 'application/problem+json');
    const body = (await answer.json()) as { status: number; code: string };
    assert.deepEqual(
      [body.status, body.code],
      [status, status === 404 ? 'not_found' : 'invalid_request'],
    );
  }
});

const seenAs = async (claims: Parameters<typeof token>[0]) => {
  const authorization = `Bearer ${await token(claims)}`;
  return get('/payments/transfers?key=seen', { authorization });
};

test('source and destination see a transfer, others and other tenants do not', async () => {
  await transfer(rich, { 'idempotency-key': 'seen' });
  const source = (await (await seenAs({ accounts: ['bank'] })).json()) as Partial<typeof rich>;
  assert.deepEqual(source.metadata, rich.metadata);
  const destination = (await (await seenAs({ accounts: ['alice'] })).json()) as Partial<
    typeof rich
  >;
  assert.equal(destination.narration, 'rent');
  assert.equal(destination.metadata, undefined, "the payer's notes are the payer's");
  assert.equal(destination.context, undefined);
  assert.equal((await seenAs({ accounts: ['bob'] })).status, 403);
  assert.equal((await seenAs({ scope: 'balances' })).status, 403);
  assert.equal((await seenAs({ tenant: 'tnt_other' })).status, 404);
});

test('the statistics need the scope ops', async () => {
  const authorization = `Bearer ${await token({ scope: 'transfers' })}`;
  assert.equal((await get('/payments/load-shedding/stats', { authorization })).status, 403);
  const stats = (await (await get('/payments/load-shedding/stats')).json()) as object;
  assert.deepEqual(Object.keys(stats), [
    'node',
    'tokensAvailable',
    'ratePerSecond',
    'burstCapacity',
    'inFlight',
    'inFlightLimit',
    'inFlightLimits',
    'offeredPerSecond',
    'offeredPerSecondByClass',
    'offered',
    'offeredByClass',
    'admitted',
    'admittedByClass',
    'shed',
    'reasons',
  ]);
});
