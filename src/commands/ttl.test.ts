import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from './command.ts';
import { parseTtl } from './ttl.ts';

test('a time to live is a number with a unit', () => {
  assert.deepEqual(
    ['30s', '15m', '1h', '7d', '365d'].map(parseTtl),
    [30, 900, 3_600, 604_800, 31_536_000],
  );
});

test('anything else is wrong use', () => {
  for (const text of ['', '1', 'h', '0s', '-1h', '1.5h', '1 h', '1w', '366d', '1h30m', '1e3s']) {
    assert.throws(() => parseTtl(text), UsageError, text);
  }
});
