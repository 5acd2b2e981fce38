import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf, testGateway } from '../testing.ts';

const order = { scenario: 'reads', ratePerSecond: 50, seconds: 5 };

type TestGateway = Awaited<ReturnType<typeof testGateway>>;

const start = (gateway: TestGateway, body: object) =>
  gateway.fetch('/load-runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** @returns their states */
async function runsOf(gateway: TestGateway): Promise<string[]> {
  const answer = await gateway.fetch('/load-runs');
  assert.equal(answer.status, 200);
  const { items } = (await answer.json()) as { items: { state: string }[] };
  return items.map(({ state }) => state);
}

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
  assert.deepEqual(await runsOf(gateway), []);
  const nothing = await gateway.fetch('/load-runs/latest', { method: 'DELETE' });
  assert.equal(await codeOf(nothing), '404 not_found');
});

test('a run that cannot begin says why, and is no obstacle for the next', async () => {
  // The roles behind are away: the generator finds no accounts.
  await using gateway = await testGateway({});
  assert.equal((await start(gateway, order)).status, 201);
  assert.equal(await codeOf(await start(gateway, order)), '409 load_running');
  const stopped = await gateway.fetch('/load-runs/latest', { method: 'DELETE' });
  assert.equal(stopped.status, 204);
  assert.deepEqual(await runsOf(gateway), ['stopped']);
  assert.equal((await start(gateway, order)).status, 201);
});
