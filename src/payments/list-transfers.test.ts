import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, beforeEach, test } from 'node:test';
import type { ListedTransfer } from '../contracts/transfer-list.ts';
import { testPayments } from './testing.ts';

const payments = await testPayments();
after(() => payments[Symbol.asyncDispose]());
const { get, token, transfers } = payments;
beforeEach(() => {
  transfers.asked.length = 0;
  transfers.found = { items: [], next: undefined };
});

const list = async (query: string, claims?: Parameters<typeof token>[0]) => {
  const headers = claims === undefined ? {} : { authorization: `Bearer ${await token(claims)}` };
  const answer = await get(`/payments/transfers${query}`, headers);
  // Bodies are whatever the server says.
  // eslint-disable-next-line typescript/no-explicit-any
  return { status: answer.status, body: (await answer.json()) as any };
};

const atMs = Date.parse('2026-11-25T12:00:00.250Z');
const entryId = randomUUID();
const posted: ListedTransfer = {
  request: {
    tenant: 'tnt_demo',
    key: 'rent-11',
    subject: 'ada',
    source: 'bank',
    destination: 'alice',
    amountMinor: 9_007_199_254_740_993n,
    currency: 'EUR',
    narration: 'rent',
    metadata: { invoice: '17' },
  },
  outcome: {
    status: 'posted',
    replayed: true,
    entryId,
    sourceVersion: 4,
    destinationVersion: 2,
    postedAt: new Date(atMs).toISOString(),
  },
  position: { decidedAtMs: atMs, entryId },
};

test('filters reach the ledger as what they mean, with the tenant of the token', async () => {
  const asked =
    '?account=alice&narration=Rent%20%25&minMinor=100&maxMinor=9007199254740993&currency=EUR' +
    '&state=posted&from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00%2B01:00&limit=20';
  assert.equal((await list(asked)).status, 200);
  assert.deepEqual(transfers.asked, [
    {
      tenant: 'tnt_demo',
      accountIds: ['alice'],
      ownRefusalsOnly: false,
      before: undefined,
      limit: 20,
      state: 'posted',
      currency: 'EUR',
      narration: 'Rent %',
      minMinor: 100n,
      maxMinor: 9_007_199_254_740_993n,
      fromMs: Date.parse('2026-11-01T00:00:00Z'),
      toMs: Date.parse('2026-11-01T23:00:00Z'),
    },
  ]);
  await list('?minor=350');
  assert.deepEqual([transfers.asked[1]!.minMinor, transfers.asked[1]!.maxMinor], [350n, 350n]);
});

test('a page has its items, how far back it has looked, and where the next begins', async () => {
  transfers.found = { items: [posted], next: { decidedAtMs: atMs - 5_000, entryId } };
  const { body } = await list('');
  assert.deepEqual(body.items, [
    {
      status: 'posted',
      entryId,
      source: { version: 4 },
      destination: { version: 2 },
      postedAt: '2026-11-25T12:00:00.250Z',
      key: 'rent-11',
      sourceAccountId: 'bank',
      destinationAccountId: 'alice',
      minor: '9007199254740993',
      currency: 'EUR',
      narration: 'rent',
      metadata: { invoice: '17' },
      decidedAt: '2026-11-25T12:00:00.250Z',
    },
  ]);
  assert.equal(body.searchedTo, '2026-11-25T11:59:55.250Z');
  await list(`?cursor=${body.nextCursor}`);
  assert.deepEqual(transfers.asked[1]!.before, { decidedAtMs: atMs - 5_000, entryId });
  transfers.found = { items: [], next: undefined };
  assert.deepEqual((await list('')).body, { items: [], nextCursor: null, searchedTo: null });
});

test('a token that lists accounts sees what touches them, and of refusals its own', async () => {
  assert.equal((await list('', { accounts: ['alice', 'bob'] })).status, 200);
  assert.equal((await list('?account=bob', { accounts: ['alice', 'bob'] })).status, 200);
  assert.deepEqual(
    transfers.asked.map(({ accountIds, ownRefusalsOnly }) => [accountIds, ownRefusalsOnly]),
    [
      [['alice', 'bob'], true],
      [['bob'], true],
    ],
  );
  const other = await list('?account=bank', { accounts: ['alice', 'bob'] });
  assert.deepEqual([other.status, other.body.code], [403, 'forbidden']);
  const many = Array.from({ length: 51 }, (_, i) => `acc_${i}`);
  assert.equal((await list('', { accounts: many })).status, 400);
  assert.equal((await list('?account=acc_7', { accounts: many })).status, 200);
  assert.equal((await list('', { scope: 'balances' })).status, 403);
});

test("the payer's own notes are not shown to the payee", async () => {
  transfers.found = { items: [posted], next: undefined };
  const [item] = (await list('', { accounts: ['alice'] })).body.items;
  assert.deepEqual([item.narration, item.metadata], ['rent', undefined]);
});

test('what no list could mean is 400, with the parameter that is wrong', async () => {
  for (const query of [
    'colour=red',
    'limit=0',
    'limit=201',
    'limit=07',
    'account=',
    'account=a%20b',
    'narration=',
    `narration=${'x'.repeat(141)}`,
    'narration=%00',
    'minor=1.5',
    'minor=0',
    'minor=-1',
    'minor=9223372036854775808',
    'minor=5&minMinor=1',
    'minor=5&minor=6',
    'currency=eur',
    'state=pending',
    'from=yesterday',
    'to=2026-13-01T00:00:00Z',
    'cursor=abc',
    `cursor=${Buffer.from('entries:5').toString('base64url')}`,
    'key=a&limit=5',
    'key=a&account=alice',
  ]) {
    const { status, body } = await list(`?${query}`);
    assert.deepEqual([status, body.code], [400, 'invalid_request'], query);
    assert.match(body.errors[0].path, /^querystring/, query);
  }
  assert.equal(transfers.asked.length, 0);
});
