import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callerOf } from './addresses.ts';

test('the caller stands before the gateway and the proxies, and what it claims before it', () => {
  assert.equal(callerOf('1.2.3.4, 203.0.113.9, 10.0.0.2, 127.0.0.1'), '203.0.113.9');
  assert.equal(callerOf('203.0.113.9'), '203.0.113.9');
  assert.equal(callerOf('2001:db8::7, fd12::1, ::1'), '2001:db8::7');
});

test('within one network the caller is the first of the way', () => {
  assert.equal(callerOf('192.168.1.20, 127.0.0.1'), '192.168.1.20');
  assert.equal(callerOf('::ffff:127.0.0.1'), '::ffff:127.0.0.1');
  assert.equal(callerOf(null), undefined);
});
