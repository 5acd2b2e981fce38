import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scenarios } from '../../../../load/scenarios/index.ts';
import { loadScenarios, readOrder, usual } from './load-order.ts';

test('every scenario that is offered is one of the generator', () => {
  for (const name of loadScenarios) assert.ok(name in scenarios, name);
});

test('what is usual can be ordered, and what is out of bounds is told with the bounds', () => {
  assert.deepEqual(readOrder(usual).order, {
    scenario: 'shedding',
    ratePerSecond: 100,
    seconds: 20,
  });
  assert.match(readOrder({ ...usual, rate: '301' }).rateFault!, /1 to 300/);
  assert.equal(readOrder({ ...usual, scenario: 'reads', rate: '301' }).rateFault, undefined);
  for (const rate of ['', '0', '-1', '1.5', '1e2']) {
    assert.equal(readOrder({ ...usual, rate }).order, undefined, rate);
  }
  assert.match(readOrder({ ...usual, seconds: '4' }).secondsFault!, /5 to 120/);
});
