// A hundred clients meet a server that has room for few of them. What they repeat is counted at the
// server's door: a fleet must not make an overload worse than it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AtlasError, createClient } from '@atlas/client';
import { retryBudget } from '../src/limits.ts';
import { columns, startSystem } from '../../../test/system.ts';

const clients = 100;
const transfersEach = 10;
// Long enough for a second try of each, also where a thousand first ones take seconds.
const deadlineMs = 10_000;

test('a hundred clients of an overloaded server repeat no more than their budgets', async () => {
  await using system = await startSystem(columns[0]!, { LS_RATE_PER_SEC: '20', LS_BURST: '20' });
  const token = await system.token();
  const url = system.urls.gateway;
  const admin = createClient({ url, token });
  await admin.accounts.open('mint', { currency: 'EUR', minimumMinor: null });
  await admin.accounts.open('ada', { currency: 'EUR' });
  const sent: string[] = [];
  const counting = (input: string, init: RequestInit) => {
    const { 'idempotency-key': key } = init.headers as Record<string, string>;
    sent.push(`${init.method} ${input} ${key}`);
    return fetch(input, init);
  };
  const fleet = Array.from({ length: clients }, () =>
    createClient({ url, token, fetch: counting as typeof fetch }),
  );
  const startedAtMs = Date.now();
  const outcomes = await Promise.all(
    fleet.flatMap((atlas) =>
      Array.from({ length: transfersEach }, () =>
        atlas.transfers
          .post(
            { sourceAccountId: 'mint', destinationAccountId: 'ada', minor: 1n, currency: 'EUR' },
            { deadlineMs },
          )
          .then(
            () => 'posted',
            (error: unknown) => (error instanceof AtlasError ? error.outcome : String(error)),
          ),
      ),
    ),
  );
  const seconds = (Date.now() - startedAtMs) / 1_000;
  const { burst, perSecond, perRequest } = retryBudget;
  // Transfers, and questions what became of them.
  const calls = new Set(sent).size;
  const repeatsMax = clients * (burst + perSecond * seconds) + calls * perRequest;
  const repeats = sent.length - calls;
  assert.ok(repeats > 0 && repeats <= repeatsMax, `${repeats} repeats, ${repeatsMax} allowed`);

  const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
  const [posted, unknown] = [count('posted'), count('unknown')];
  assert.ok(posted > 0 && posted < outcomes.length, `${posted} posted`);
  assert.equal(posted + unknown + count('nothing'), outcomes.length);
  const moved = Number((await admin.accounts.balance('ada')).availableMinor);
  assert.ok(moved >= posted && moved <= posted + unknown, `${moved} moved, ${posted} posted`);
  for (const atlas of [admin, ...fleet]) atlas.close();
});
