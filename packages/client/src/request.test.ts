import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AtlasError } from './atlas-error.ts';
import { createClient, type ClientOptions } from './client.ts';
import { limits } from './limits.ts';
import { handClock } from './testing.ts';

type Reply = (init: RequestInit) => Response | Promise<Response>;

const transfer = {
  sourceAccountId: 'acc_1',
  destinationAccountId: 'acc_2',
  minor: 9_007_199_254_740_993n,
  currency: 'NGN',
};
const posted = {
  status: 'posted',
  entryId: 'e1',
  source: { version: 2 },
  destination: { version: 1 },
  postedAt: '2026-11-24T02:00:00.000Z',
} as const;
const ok = (body: object, status = 200) => Response.json(body, { status });
const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
  Response.json(
    { status, code, title: code, detail: `about ${code}` },
    { status, headers: { ...headers, 'content-type': 'application/problem+json' } },
  );
const cut = () => Promise.reject(new TypeError('fetch failed'));

/** A client whose requests are answered from a list, the last one for ever. */
function answering(replies: Reply[], options: Partial<ClientOptions> = {}) {
  const clock = handClock();
  const asked: { path: string; init: RequestInit; atMs: number }[] = [];
  const atlas = createClient({
    url: 'http://atlas/',
    token: 'a.b.c',
    clock,
    random: () => 0.5,
    fetch: (async (path: string, init: RequestInit) => {
      asked.push({ path, init, atMs: clock.now() - startMs });
      return replies[Math.min(asked.length, replies.length) - 1]!(init);
    }) as typeof fetch,
    ...options,
  });
  const startMs = clock.now();
  /** The outcome of a call while time passes. */
  async function outcome<T>(call: Promise<T>, ms = 120_000): Promise<T> {
    call.catch(() => undefined);
    await clock.pass(ms);
    return call;
  }
  const headers = (at: number) => asked[at]!.init.headers as Record<string, string>;
  const keys = () => [...new Set(asked.map((_, at) => headers(at)['idempotency-key']))];
  return { atlas, clock, asked, outcome, headers, keys };
}

async function failure(call: Promise<unknown>): Promise<AtlasError> {
  const error = await call.then(
    () => assert.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AtlasError, String(error));
  return error;
}

test('when the network is back a pause for want of it is over, and one that the server asked for is not', async () => {
  const { atlas, clock, asked } = answering([cut, () => ok(posted, 201)], { random: () => 0.99 });
  const call = atlas.transfers.post(transfer);
  await clock.pass(10);
  atlas.live.resume();
  await clock.pass(0);
  assert.deepEqual(
    asked.map(({ atMs }) => atMs),
    [0, 10],
  );
  await call;
  const busy = answering([
    () => problem(503, 'overloaded', { 'retry-after': '1' }),
    () => ok(posted, 201),
  ]);
  const other = busy.atlas.transfers.post(transfer);
  await busy.clock.pass(10);
  busy.atlas.live.resume();
  await busy.clock.pass(10);
  assert.equal(busy.asked.length, 1);
  await busy.outcome(other);
});

test('amounts go out as decimal strings and come in as bigint, beyond what a float can hold', async () => {
  const balance = {
    accountId: 'acc_1',
    currency: 'NGN',
    availableMinor: '-9223372036854775807',
    pendingMinor: '0',
    bookedMinor: '9007199254740993',
    version: 7,
    updatedAt: posted.postedAt,
  };
  const { atlas, asked, outcome } = answering([() => ok(posted, 201), () => ok(balance)]);
  await outcome(atlas.transfers.post(transfer));
  assert.equal(
    asked[0]?.init.body,
    '{"sourceAccountId":"acc_1","destinationAccountId":"acc_2","minor":"9007199254740993","currency":"NGN"}',
  );
  const read = await outcome(atlas.accounts.balance('acc_1'));
  assert.deepEqual(
    [read.availableMinor, read.bookedMinor],
    [-9_223_372_036_854_775_807n, 9_007_199_254_740_993n],
  );
});

test('an amount that came as a number is refused, since it may be another already', async () => {
  const body = { accountId: 'a', currency: 'NGN', minimumMinor: 9007199254740992, createdAt: '' };
  const { atlas, outcome } = answering([() => ok(body)]);
  await assert.rejects(outcome(atlas.accounts.get('a')), /no amount in minor units/);
});

test('a transfer keeps its key and its bytes over all tries', async () => {
  const { atlas, asked, outcome, keys } = answering([
    cut,
    () => problem(503, 'unavailable'),
    () => problem(503, 'overloaded'),
    () => problem(429, 'rate_limited'),
    () => ok(posted, 201),
  ]);
  const receipt = await outcome(atlas.transfers.post(transfer));
  assert.equal(asked.length, 5);
  assert.equal(new Set(asked.map(({ init }) => init.body)).size, 1);
  assert.deepEqual(keys(), [receipt.key]);
  assert.match(receipt.key, /^[0-9a-f]{32}$/);
});

test('two transfers have two keys, and a key of the caller is used as it is', async () => {
  const { atlas, outcome, keys } = answering([() => ok(posted, 201)]);
  await outcome(atlas.transfers.post(transfer));
  await outcome(atlas.transfers.post(transfer));
  const { key } = await outcome(atlas.transfers.post(transfer, { key: 'order-1' }));
  assert.equal(keys().length, 3);
  assert.equal(key, 'order-1');
});

test('pauses are drawn from a range that doubles, and never shorter than Retry-After asks', async () => {
  const overloaded = () => problem(503, 'overloaded', { 'retry-after': '3' });
  const { atlas, asked, outcome } = answering([cut, cut, cut, overloaded, () => ok({})], {
    random: () => 0.999_999,
  });
  await outcome(atlas.operations.cache());
  const pauses = asked.slice(1).map(({ atMs }, at) => atMs - asked[at]!.atMs);
  assert.deepEqual(pauses, [250, 500, 1_000, 3_000 + 2_000]);
});

test('a wait longer than what is left of the deadline is not begun', async () => {
  const overloaded = () => problem(503, 'overloaded', { 'retry-after': '60' });
  const { atlas, asked, outcome } = answering([overloaded]);
  const error = await failure(outcome(atlas.operations.cache()));
  assert.deepEqual([error.code, error.retryAfterMs, asked.length], ['overloaded', 60_000, 1]);
});

test('what the server will not change its mind about is not repeated', async () => {
  for (const [status, code] of [
    [400, 'invalid_request'],
    [403, 'forbidden'],
    [404, 'account_not_found'],
    [409, 'version_not_reached'],
    [500, 'internal'],
  ] as const) {
    const { atlas, asked, outcome } = answering([() => problem(status, code)]);
    const error = await failure(outcome(atlas.accounts.balance('acc_1')));
    assert.deepEqual([error.code, error.status, asked.length], [code, status, 1]);
  }
});

test('a refusal of the book is final; what never reached it moved nothing', async () => {
  for (const [status, code, outcome] of [
    [409, 'insufficient_funds', 'refused'],
    [404, 'account_not_found', 'refused'],
    [422, 'currency_mismatch', 'refused'],
    [401, 'unauthenticated', 'nothing'],
    [413, 'payload_too_large', 'nothing'],
  ] as const) {
    const answers = answering([() => problem(status, code)]);
    const error = await failure(answers.outcome(answers.atlas.transfers.post(transfer)));
    assert.deepEqual([error.code, error.outcome], [code, outcome]);
    assert.match(error.key!, /^[0-9a-f]{32}$/);
  }
});

test('an answer that never came is asked for by its key: posted, refused, or still unknown', async () => {
  const found = { ...transfer, minor: String(transfer.minor), key: 'k' };
  const refused = { status: 409, code: 'insufficient_funds', title: '', detail: '', type: '' };
  const at = async (lookup: Reply) => {
    const all = answering([(init) => (init.method === 'POST' ? cut() : lookup(init))]);
    const run = all.outcome(all.atlas.transfers.post(transfer, { key: 'k' }));
    return { ...all, run };
  };
  const moved = await at(() => ok({ ...found, ...posted }));
  assert.deepEqual(await moved.run, { ...posted, key: 'k', replayed: true });
  assert.equal(moved.asked.at(-1)?.path, 'http://atlas/payments/transfers?key=k');

  const declined = await at(() => ok({ ...found, status: 'refused', problem: refused }));
  const final = await failure(declined.run);
  assert.deepEqual([final.code, final.outcome], ['insufficient_funds', 'refused']);

  const open = await at(() => problem(404, 'not_found'));
  const error = await failure(open.run);
  assert.deepEqual([error.code, error.outcome, error.key], ['unreachable', 'unknown', 'k']);
  assert.ok(open.asked.at(-1)!.atMs <= limits.deadlineMs, 'within the deadline');
});

test('the deadline leaves time for asking what became of a transfer', async () => {
  const clock = handClock();
  const body = { ...transfer, minor: String(transfer.minor), key: 'k', ...posted };
  const slow: Reply = ({ method, signal }) =>
    new Promise((resolve, reject) => {
      signal!.addEventListener('abort', () => reject(new Error('aborted')));
      if (method === 'GET') clock.setTimeout(() => resolve(ok(body)), 1_000);
    });
  const { atlas, asked } = answering([slow], { clock });
  const call = atlas.transfers.post(transfer, { key: 'k', deadlineMs: 8_000 });
  call.catch(() => undefined);
  await clock.pass(8_000);
  assert.equal((await call).replayed, true);
  assert.equal(asked.length, 2);
});

test('a refusal that is not stored says nothing of an earlier try that may have moved the money', async () => {
  const expired = () => problem(401, 'unauthenticated');
  const { atlas, outcome } = answering([cut, expired]);
  const error = await failure(outcome(atlas.transfers.post(transfer)));
  assert.deepEqual([error.code, error.outcome], ['unauthenticated', 'unknown']);
});

test('a server that answers nothing is given up in time, and an answer that breaks off is none', async () => {
  const silent: Reply = ({ signal }) =>
    new Promise((_, reject) => {
      signal!.addEventListener('abort', () => reject(new Error('aborted')));
    });
  const hung = answering([silent]);
  const late = await failure(hung.outcome(hung.atlas.operations.cache({ deadlineMs: 15_000 })));
  assert.deepEqual([late.code, late.outcome], ['unreachable', 'unknown']);
  assert.deepEqual(
    hung.asked.map(({ atMs }) => atMs),
    [0, limits.attemptMs + 125],
  );

  const half = () =>
    new Response('{"status":"po', { status: 201, headers: { 'content-type': 'application/json' } });
  const broken = answering([half]);
  const error = await failure(broken.outcome(broken.atlas.operations.cache()));
  assert.equal(error.code, 'unreachable');
  assert.ok(broken.asked.length > 1);
});

test('what waits on a network that is gone is sent again as soon as there is another, and not what was just sent', async () => {
  const hung = ({ signal }: RequestInit) =>
    new Promise<Response>((_, reject) =>
      signal!.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))),
    );
  const { atlas, asked, clock, keys } = answering([hung, () => ok(posted, 201)]);
  const call = atlas.transfers.post(transfer);
  await clock.pass(limits.momentMs - 1);
  atlas.live.resume();
  await clock.pass(3_000);
  assert.equal(asked.length, 1);
  atlas.live.resume();
  await clock.pass(limits.retryPause.firstMs);
  assert.equal((await call).entryId, 'e1');
  assert.equal(keys().length, 1);
  atlas.close();
});

test('an answer of something that is not Atlas says so, and is not asked for again', async () => {
  const page = () => new Response('<h1>Hello</h1>', { headers: { 'content-type': 'text/html' } });
  const { atlas, asked, outcome } = answering([page]);
  const error = await failure(outcome(atlas.operations.cache()));
  assert.match(error.message, /is this Atlas\?/);
  assert.equal(asked.length, 1);
  const proxy = answering([() => new Response('Bad gateway', { status: 502 })]);
  assert.equal((await failure(proxy.outcome(proxy.atlas.operations.cache()))).code, 'unavailable');
});

test('an aborted call ends with the reason of its signal, also in a pause', async () => {
  const { atlas, clock, asked } = answering([cut], { random: () => 1 });
  const leaving = new AbortController();
  const call = atlas.transfers.post(transfer, { signal: leaving.signal });
  call.catch(() => undefined);
  await clock.pass(10);
  leaving.abort(new Error('the page was left'));
  await assert.rejects(call, /the page was left/);
  await clock.pass(60_000);
  assert.equal(asked.length, 1);
});

test('a client that fails all the time repeats its burst, and then by time and by its requests', async () => {
  const { atlas, asked, clock } = answering([() => problem(503, 'overloaded')], {
    retryBudget: { burst: 5, perSecond: 0.5, perRequest: 0.1 },
  });
  const calls = Array.from({ length: 100 }, () =>
    atlas.operations.cache().catch((error: unknown) => error),
  );
  await clock.pass(limits.deadlineMs);
  const codes = (await Promise.all(calls)).map((error) => (error as AtlasError).code);
  assert.ok(codes.every((code) => code === 'overloaded'));
  const most = 100 + 5 + 0.5 * (limits.deadlineMs / 1_000) + 0.1 * 100;
  assert.ok(asked.length > 105 && asked.length <= most, `${asked.length} requests`);
});

test('the caller hears of each pause and why', async () => {
  const { atlas, outcome } = answering([() => problem(503, 'unavailable'), () => ok({})]);
  const heard: (string | number)[] = [];
  const onRetry = (error: AtlasError, pauseMs: number) => heard.push(error.code, pauseMs);
  await outcome(atlas.operations.cache({ onRetry }));
  assert.deepEqual(heard, ['unavailable', 125]);
});

test('a token that is refused is asked for once more, and a better one is used at once', async () => {
  const refused: (string | undefined)[] = [];
  const reply: Reply = ({ headers }) =>
    (headers as Record<string, string>)['authorization'] === 'Bearer new'
      ? ok({})
      : problem(401, 'unauthenticated');
  const renewing = answering([reply], {
    token: async (asked) => (refused.push(asked.refused), asked.refused ? 'new' : 'old'),
  });
  await renewing.outcome(renewing.atlas.operations.cache());
  assert.deepEqual(refused, [undefined, 'old']);
  const fixed = answering([reply], { token: () => 'old' });
  const error = await failure(fixed.outcome(fixed.atlas.operations.cache()));
  assert.deepEqual([error.code, fixed.asked.length], ['unauthenticated', 1]);
});

test('a token that does not come ends the call in time, and moved nothing', async () => {
  const { atlas, asked, outcome } = answering([], { token: () => new Promise(() => {}) });
  const error = await failure(outcome(atlas.transfers.post(transfer), limits.deadlineMs));
  assert.deepEqual([error.code, error.outcome, asked.length], ['unreachable', 'nothing', 0]);
  const leaving = new AbortController();
  const call = atlas.operations.cache({ signal: leaving.signal });
  leaving.abort(new Error('the page was left'));
  await assert.rejects(call, /the page was left/);
});

test('a better token does not give a call more time', async () => {
  const clock = handClock();
  const slow: Reply = ({ signal }) =>
    new Promise((resolve, reject) => {
      signal!.addEventListener('abort', () => reject(new Error('aborted')));
      clock.setTimeout(() => resolve(problem(401, 'unauthenticated')), 8_000);
    });
  const token = async ({ refused }: { refused?: string }) => (refused ? 'new' : 'old');
  const { atlas, asked } = answering([slow], { clock, token });
  const call = atlas.operations.cache({ deadlineMs: limits.attemptMs });
  let ended = false;
  call.catch(() => undefined).finally(() => (ended = true));
  await clock.pass(limits.attemptMs);
  assert.deepEqual([asked.length, ended], [2, true]);
});

test('of a batch only what is not settled is sent again, under its keys', async () => {
  const sent: string[][] = [];
  const result = (key: string, open: boolean) =>
    open
      ? {
          key,
          status: 'refused',
          problem: { status: 503, code: 'overloaded', title: '', detail: '' },
        }
      : { key, ...posted };
  const { atlas, outcome } = answering([
    ({ body }) => {
      const { transfers } = JSON.parse(body as string) as { transfers: { key: string }[] };
      const keys = transfers.map(({ key }) => key);
      sent.push(keys);
      return ok({ results: keys.map((key) => result(key, sent.length === 1 && key !== 'b')) });
    },
  ]);
  const batch = ['a', 'b', 'c'].map((key) => ({ ...transfer, key }));
  const results = await outcome(atlas.transfers.postBatch(batch));
  assert.deepEqual(sent, [
    ['a', 'b', 'c'],
    ['a', 'c'],
  ]);
  assert.deepEqual(
    results.map(({ key, status }) => `${key} ${status}`),
    ['a posted', 'b posted', 'c posted'],
  );
});

test('a list is walked page by page, and no further than it is read', async () => {
  const page = (path: string) => {
    const cursor = Number(/cursor=(\d+)/.exec(path)?.[1] ?? 0);
    const items = [1, 2].map((id) => ({ accountId: `a${cursor + id}`, minimumMinor: null }));
    return ok({ items, nextCursor: cursor < 4 ? String(cursor + 2) : null });
  };
  const all = answering([], {
    fetch: (async (path: string) => (asked.push(path), page(path))) as typeof fetch,
  });
  const asked: string[] = [];
  const ids: string[] = [];
  for await (const { accountId } of all.atlas.accounts.list({ prefix: 'a+', limit: 2 })) {
    ids.push(accountId);
  }
  assert.deepEqual(ids, ['a1', 'a2', 'a3', 'a4', 'a5', 'a6']);
  assert.equal(asked[1], 'http://atlas/ledger/accounts?prefix=a%2B&limit=2&cursor=2');
  for await (const _ of all.atlas.accounts.list()) break;
  assert.equal(asked.length, 4);
});

test('a balance that is read again is asked for by its tag, and 304 gives the one that is known', async () => {
  const balance = {
    accountId: 'acc_1',
    currency: 'NGN',
    availableMinor: '5',
    pendingMinor: '0',
    bookedMinor: '5',
    version: 1,
    updatedAt: posted.postedAt,
  };
  const { atlas, outcome, headers } = answering([
    () => Response.json(balance, { headers: { etag: '"r1-1"' } }),
    () => new Response(null, { status: 304 }),
  ]);
  const first = await outcome(atlas.accounts.balance('acc_1'));
  for (const at of [1, 2]) {
    assert.equal(await outcome(atlas.accounts.balance('acc_1')), first);
    assert.equal(headers(at)['if-none-match'], '"r1-1"');
  }
});

test('roles that are called directly are, and the rest goes through the gateway', async () => {
  const roles = { ledger: 'http://ledger/', realtime: 'http://hub' };
  const { atlas, outcome, asked } = answering([() => ok({ items: [], nextCursor: null })], {
    roles,
  });
  await outcome(atlas.accounts.list().page());
  await outcome(atlas.operations.hub());
  await outcome(atlas.operations.loadShedding());
  const paths = asked.map(({ path }) => path);
  assert.deepEqual(paths, [
    'http://ledger/ledger/accounts',
    'http://hub/ws/info',
    'http://atlas/payments/load-shedding/stats',
  ]);
});
