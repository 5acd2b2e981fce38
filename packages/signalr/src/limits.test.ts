import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHub, defaultLimits } from '@atlas/signalr';
import { limitsOf } from './limits.ts';

test('a host sets the limits that it names, and keeps the others', () => {
  const limits = limitsOf({ pollMs: 0, connectionsMax: Infinity });
  assert.deepEqual(limits, { ...defaultLimits, pollMs: 0, connectionsMax: Infinity });
  assert.deepEqual(limitsOf(), defaultLimits);
});

for (const [what, limits, words] of [
  ['an endless time, which a timer would take for none', { handshakeMs: Infinity }, /handshakeMs/],
  ['a time of undefined', { pollMs: undefined }, /pollMs/],
  ['less than nothing', { connectionsMax: -1 }, /connectionsMax/],
  ['no number', { postsMax: Number.NaN }, /postsMax/],
  ['a name that is none', { pingMs: 1 }, /pingMs/],
] as const) {
  test(`a hub is not made with ${what} for a limit`, () => {
    const options = { authenticate: () => ({ identity: null }), limits: limits as object };
    assert.throws(() => createHub<null>(options), { name: 'RangeError', message: words });
  });
}
