// A hundred clients meet a server that has room for few of them. What they repeat is counted at the
// server's door: a fleet must not make an overload worse than it is. The time of the clients stands still
// while a request is under way, so however slow the machine is, they wait and repeat as on any other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createClient } from '@atlas/client';
import { retryBudget } from '../src/limits.ts';
import { handClock } from '../src/testing.ts';
import { columns, startSystem } from '../../../test/system.ts';

const clients = 100;
const transfersEach = 10;
/** Without budgets each call is repeated several times by then. */
const watchedMs = 5_000;
const stepMs = 50;
const { burst, perSecond, perRequest } = retryBudget;

test(
  'a hundred clients of an overloaded server repeat no more than their budgets',
  { timeout: 240_000 },
  async () => {
    await using system = await startSystem(columns[0]!, { LS_RATE_PER_SEC: '1', LS_BURST: '20' });
    const token = await system.token();
    const url = system.urls.gateway;
    const admin = createClient({ url, token });
    await admin.accounts.open('mint', { currency: 'EUR', minimumMinor: null });
    await admin.accounts.open('ada', { currency: 'EUR' });

    const clock = handClock();
    const startedAtMs = clock.now();
    const calls = new Set<string>();
    let sent = 0;
    let underWay = 0;
    const counting = async (input: string, init: RequestInit) => {
      const { 'idempotency-key': key } = init.headers as Record<string, string>;
      calls.add(`${init.method} ${input} ${key}`);
      sent += 1;
      underWay += 1;
      try {
        const answer = await fetch(input, init);
        // Atlas says when to come back, and that alone would spread them: here it is up to the clients.
        const headers = new Headers(answer.headers);
        headers.delete('retry-after');
        return new Response(await answer.text(), { status: answer.status, headers });
      } finally {
        underWay -= 1;
      }
    };
    const fleet = Array.from({ length: clients }, () =>
      createClient({ url, token, clock, fetch: counting as typeof fetch }),
    );
    const enough = new AbortController();
    const { signal } = enough;
    const transfer = { sourceAccountId: 'mint', destinationAccountId: 'ada', minor: 1n };
    const outcomes = Promise.allSettled(
      fleet.flatMap(({ transfers }) =>
        Array.from({ length: transfersEach }, () =>
          transfers.post({ ...transfer, currency: 'EUR' }, { signal }),
        ),
      ),
    );
    while (clock.now() < startedAtMs + watchedMs) {
      await clock.pass(stepMs);
      do await turn();
      while (underWay > 0);
      await turn();
      const seconds = (clock.now() - startedAtMs) / 1_000;
      const allowed = clients * (burst + perSecond * seconds) + calls.size * perRequest;
      const repeats = sent - calls.size;
      assert.ok(repeats <= allowed, `${repeats} repeats in ${seconds} s, ${allowed} allowed`);
    }
    assert.ok(sent - calls.size > clients * burst, 'all have spent their bursts');
    enough.abort();

    const failed = (await outcomes).filter(({ status }) => status === 'rejected');
    for (const each of failed) assert.equal((each as PromiseRejectedResult).reason, signal.reason);
    const posted = clients * transfersEach - failed.length;
    assert.ok(posted > 0);
    assert.equal((await admin.accounts.balance('ada')).availableMinor, BigInt(posted));
    for (const atlas of [admin, ...fleet]) atlas.close();
  },
);
