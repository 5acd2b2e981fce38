import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf, testGateway } from '../testing.ts';

const order = { scenario: 'reads', ratePerSecond: 50, seconds: 5 };

const start = (gateway: Awaited<ReturnType<typeof testGateway>>, body: object) =>
  gateway.fetch('/load-runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test('an order beyond the bounds is refused, and starts nothing', async () => {
  await using gateway = await testGateway({});
  for (const wrong of [
    { ...order, ratePerSecond: 5_001 },
    { ...order, scenario: 'shedding', ratePerSecond: 301 },
    { ...order, seconds: 121 },
    { ...order, seconds: 4 },
    { ...order, scenario: 'success' },
    { ...order, command: 'rm' },
  ]) {
    assert.equal(await codeOf(await start(gateway, wrong)), '400 invalid_request');
  }
  assert.equal(await codeOf(await gateway.fetch('/load-runs/latest')), '404 not_found');
});

test('a run that cannot begin says why, and is no obstacle for the next', async () => {
  // The roles behind are away: the generator finds no accounts.
  await using gateway = await testGateway({});
  assert.equal((await start(gateway, order)).status, 201);
  assert.equal(await codeOf(await start(gateway, order)), '409 load_running');
  const stopped = await gateway.fetch('/load-runs/latest', { method: 'DELETE' });
  assert.equal(stopped.status, 204);
  const { state } = (await (await gateway.fetch('/load-runs/latest')).json()) as { state: string };
  assert.equal(state, 'stopped');
  assert.equal((await start(gateway, order)).status, 201);
});
