import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { watchServer } from './server-watch.ts';

const shedding = { tokensAvailable: 1, inFlight: 2, inFlightLimit: 3, admitted: 4, shed: {} };
const all = { reads: 30, hits: 20, databaseCalls: 10 };
const own = { reads: 3, hits: 2, databaseCalls: 1 };

/** What is found where these are the answers; a text is a page. */
async function momentOf(answers: Readonly<Record<string, object | string>>) {
  const server = createServer((request, response) => {
    const answer = answers[request.url!];
    response.statusCode = answer === undefined ? 403 : 200;
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { signal } = new AbortController();
  using watch = await watchServer({ url, token: 't', nowMs: () => 0, signal });
  await watch.finish();
  server.closeAllConnections();
  server.close();
  assert.deepEqual(watch.moments[1], watch.moments[0]);
  return watch.moments[0];
}

test('the cache is that of all replicas, whichever of them answers', async () => {
  const found = await momentOf({
    '/payments/load-shedding/stats': shedding,
    '/ledger/cache/stats': { ...own, all, complete: true },
    '/metrics': 'other 1\nprocess_cpu_seconds_total 1.5\n',
  });
  assert.deepEqual(found, { atMs: 0, shedding, cache: all, cpuSeconds: 1.5 });
});

test('what cannot be asked, read or added up is missing, and the run goes on', async () => {
  const found = await momentOf({
    '/payments/load-shedding/stats': '<p>Be back soon</p>',
    '/ledger/cache/stats': { ...own, all: own, complete: false },
  });
  assert.deepEqual(found, { atMs: 0 });
});
