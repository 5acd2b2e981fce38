import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, createApi } from './http.ts';

function apiAnswering(answer: () => Response | Promise<Response>) {
  const asked: { path: string; init: RequestInit }[] = [];
  let unauthenticated = 0;
  const api = createApi({
    token: 'a.b.c',
    fetch: (async (path: string, init: RequestInit) => {
      asked.push({ path, init });
      return answer();
    }) as typeof fetch,
    onUnauthenticated: () => unauthenticated++,
  });
  return { api, asked, unauthenticated: () => unauthenticated };
}

const failure = async (run: Promise<unknown>): Promise<ApiError> => {
  const error = await run.then(
    () => assert.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ApiError);
  return error;
};

test('a request carries the token, and its body exactly as given', async () => {
  const { api, asked } = apiAnswering(() => Response.json({ items: [] }));
  const { body } = await api('/payments/transfers', { method: 'POST', body: '{"minor":"1"}' });
  assert.deepEqual(body, { items: [] });
  assert.equal(asked[0]?.init.body, '{"minor":"1"}');
  const headers = asked[0]?.init.headers as Record<string, string>;
  assert.equal(headers['authorization'], 'Bearer a.b.c');
});

test('a problem keeps its code, title and Retry-After', async () => {
  const problem = { code: 'overloaded', title: 'Overloaded', detail: 'Try later', status: 503 };
  const { api } = apiAnswering(() =>
    Response.json(problem, { status: 503, headers: { 'retry-after': '2' } }),
  );
  const error = await failure(api('/x'));
  assert.deepEqual(
    [error.code, error.title, error.message, error.status, error.retryAfterMs],
    ['overloaded', 'Overloaded', 'Try later', 503, 2_000],
  );
});

test('no connection is unreachable, and so is an answer that breaks off', async () => {
  const cut = apiAnswering(() => Promise.reject(new TypeError('fetch failed')));
  assert.equal((await failure(cut.api('/x'))).code, 'unreachable');
  const half = apiAnswering(() => new Response('{"status":"po', { status: 201 }));
  assert.equal((await failure(half.api('/x'))).code, 'unreachable');
});

test('an answer of a proxy in between counts as an unknown outcome', async () => {
  const { api } = apiAnswering(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
  assert.equal((await failure(api('/x'))).code, 'unavailable');
});

test('a 401 is told to the session', async () => {
  const refused = apiAnswering(() => Response.json({ code: 'unauthenticated' }, { status: 401 }));
  await failure(refused.api('/x'));
  assert.equal(refused.unauthenticated(), 1);
});
