import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handClock } from '../packages/client/src/testing.ts';
import { asClient, createCustomers, fixedDelay, insistent, noRetry } from './retries.ts';

const half = () => 0.5;

test('a real client waits as long as it is asked to, and then some, at random', () => {
  const customer = createCustomers(asClient, 1, { clock: handClock(), random: half }).arrives();
  assert.equal(customer.pauseMs(0, undefined, 0), 125);
  assert.equal(customer.pauseMs(1, 3_000, 200), 3_250);
  assert.equal(customer.pauseMs(9, undefined, 4_000), 4_000);
});

test('a real client has a budget: after a burst it waits for the next retry', async () => {
  const clock = handClock();
  const customers = createCustomers(asClient, 1, { clock, random: () => 0 });
  const pauses = Array.from({ length: 7 }, () => customers.arrives().pauseMs(0, undefined, 0));
  // Five at once, a tenth for each arrival, and half a retry a second.
  assert.deepEqual(pauses.slice(0, 5), [0, 0, 0, 0, 0]);
  assert.ok(pauses[5]! > 0 && pauses[6]! > pauses[5]!, String(pauses));
  await clock.pass(30_000);
  assert.equal(customers.arrives().pauseMs(0, undefined, 0), 0);
});

test('each customer has a budget of his own', () => {
  let next = 0;
  const random = () => (next = (next + 0.1) % 1);
  // Every second number is a customer's, so that five of ten come four times each.
  const customers = createCustomers(asClient, 10, { clock: handClock(), random });
  const pauses = Array.from({ length: 20 }, () => customers.arrives().pauseMs(0, 0, 0)!);
  assert.ok(Math.max(...pauses) <= 250, String(Math.max(...pauses)));
});

test('a real client gives up when the retry would come after its deadline', () => {
  const customer = createCustomers(asClient, 1, { clock: handClock(), random: half }).arrives();
  assert.equal(customer.pauseMs(0, 2_000, 28_000), undefined);
  assert.equal(customer.pauseMs(0, 1_000, 28_000), 1_125);
});

test('the controls: no retry at all, so many and no more, and a fixed pause deaf to Retry-After', () => {
  const of = (policy: typeof asClient) =>
    createCustomers(policy, 1, { clock: handClock(), random: half }).arrives();
  assert.equal(of(noRetry).pauseMs(0, 1_000, 0), undefined);
  const insists = of(insistent(6));
  assert.equal(insists.pauseMs(5, 1_000, 0), 5_000);
  assert.equal(insists.pauseMs(6, 1_000, 0), undefined);
  const deaf = of(fixedDelay(1_000, 6));
  assert.deepEqual([deaf.pauseMs(0, 9_000, 0), deaf.pauseMs(5, 9_000, 0)], [1_000, 1_000]);
  assert.equal(deaf.pauseMs(6, 9_000, 0), undefined);
});
