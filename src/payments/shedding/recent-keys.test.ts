import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentKeys } from './recent-keys.ts';

const alice = { tenant: 'tnt', subject: 'alice' };
const keysOf = (more: object = {}) => {
  const clock = { ms: 0 };
  return { clock, keys: new RecentKeys({ nowMs: () => clock.ms, lifeMs: 60_000, ...more }) };
};

test('a key is known after it was admitted, to its caller alone', () => {
  const { keys } = keysOf();
  keys.admitted(alice, 'k1');
  assert.ok(keys.has(alice, 'k1'));
  assert.ok(!keys.has(alice, 'k2'));
  assert.ok(!keys.has({ tenant: 'tnt', subject: 'mallory' }, 'k1'));
  assert.ok(!keys.has({ tenant: 'other', subject: 'alice' }, 'k1'));
  keys.forget(alice, 'k1');
  assert.ok(!keys.has(alice, 'k1'));
});

test('a key is known for half of its life at least, and not after it', () => {
  const { clock, keys } = keysOf();
  for (let i = 0; i < 100; i += 1) {
    keys.admitted(alice, `k${i}`);
    clock.ms += 1_000;
    if (i >= 29) assert.ok(keys.has(alice, `k${i - 29}`), `${i}`);
    if (i >= 60) assert.ok(!keys.has(alice, `k${i - 60}`), `${i}`);
  }
  clock.ms += 3_600_000;
  assert.ok(!keys.has(alice, 'k99'), 'after a quiet hour');
});

test('a key that is sent again and again stops being known', () => {
  const { keys } = keysOf({ retriesMax: 3 });
  keys.admitted(alice, 'k');
  for (let retry = 0; retry < 3; retry += 1) {
    assert.ok(keys.has(alice, 'k'));
    keys.admitted(alice, 'k');
  }
  assert.ok(!keys.has(alice, 'k'));
});

test('however many keys are admitted, the memory keeps its limit and the last of them', () => {
  const { keys } = keysOf({ keysMax: 100 });
  for (let i = 0; i < 10_000; i += 1) {
    keys.admitted(alice, `k${i}`);
    assert.ok(keys.size <= 101, `${keys.size}`);
  }
  assert.ok(keys.has(alice, 'k9999'));
  assert.ok(keys.has(alice, 'k9951'), 'half of the limit at least');
});
