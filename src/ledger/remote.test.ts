import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { startProxy } from '../../test/faults/proxy.ts';
import { createMetrics } from '../platform/metrics.ts';
import { testGuards } from '../platform/testing.ts';
import { connectBalances } from './remote.ts';

const body = {
  accountId: 'a',
  currency: 'EUR',
  availableMinor: '1',
  pendingMinor: '0',
  bookedMinor: '1',
  version: 1,
  updatedAt: '2026-11-24T09:00:00.000Z',
};
/** A token of tenant tnt_a; nobody here looks at the signature. */
const token = `e30.${Buffer.from('{"tenant":"tnt_a"}').toString('base64url')}.e30`;

test('connections that have died without a word cost one wait, not one each', async () => {
  await using stack = new AsyncDisposableStack();
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  stack.defer(() => void server.close());
  stack.defer(() => server.closeAllConnections());
  await once(server, 'listening');
  const proxy = stack.use(await startProxy((server.address() as AddressInfo).port));
  const guards = testGuards();
  const metrics = createMetrics('test');
  guards.expose(metrics);
  /** Answers that were waited for in vain, and asked for again. */
  const waits = async () => {
    const text = await metrics.registry.metrics();
    const found = /retries_total\{dependency="ledger_balances",outcome="taken"\} (\d+)/.exec(text);
    return Number(found![1]);
  };
  const balances = stack.use(connectBalances(`http://127.0.0.1:${proxy.port}`, guards));
  const readAll = async () => {
    const all = Array.from({ length: 32 }, () => balances.read(token, 'a'));
    for (const balance of await Promise.all(all)) assert.equal(balance.version, 1);
  };
  await readAll();
  proxy.lose();
  await readAll();
  const inVain = await waits();
  assert.ok(inVain > 0 && inVain <= 32, `${inVain}: one for each on a connection that had died`);
  await readAll();
  assert.equal(await waits(), inVain, 'none for those that came later');

  // Cut off for so long that the second attempt was in vain: the next call begins with new connections.
  proxy.hold();
  await assert.rejects(balances.read(token, 'a'), /cannot be reached/);
  proxy.lose();
  proxy.release();
  const before = await waits();
  assert.equal((await balances.read(token, 'a')).version, 1);
  assert.equal(await waits(), before);
});
