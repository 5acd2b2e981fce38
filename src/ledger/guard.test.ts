import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGuard } from './guard.ts';

const options = { atOnceMax: 2, timeoutMs: 20, failuresMax: 3, openMs: 500 };
const wrong = () => Promise.reject(Object.assign(new Error('syntax'), { code: '42601' }));
const refused = () => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));

test('more reads than the limit are refused as overload, and a slow one counts until it ends', async () => {
  const guard = createGuard(options);
  const slow = Promise.withResolvers<string>();
  const first = guard.run(() => slow.promise);
  const second = guard.run(() => slow.promise);
  await assert.rejects(
    guard.run(async () => 'x'),
    { code: 'overloaded' },
  );
  await assert.rejects(first, { code: 'unavailable' });
  await assert.rejects(second, { code: 'unavailable' });
  assert.equal(guard.running, 2);
  slow.resolve('late');
  await new Promise(setImmediate);
  assert.equal(guard.running, 0);
  assert.equal(await guard.run(async () => 'x'), 'x');
});

test('after failures in a row no read is tried for a while, then one, and its success opens the way', async () => {
  let nowMs = 0;
  const guard = createGuard({ ...options, nowMs: () => nowMs });
  for (let i = 0; i < 3; i += 1) await assert.rejects(guard.run(refused), { code: 'unavailable' });
  let tried = 0;
  const read = async () => {
    tried += 1;
    return 'x';
  };
  await assert.rejects(guard.run(read), { code: 'unavailable' });
  assert.equal(tried, 0);
  nowMs = 501;
  const slow = Promise.withResolvers<string>();
  const probe = guard.run(() => slow.promise);
  await assert.rejects(guard.run(read), { code: 'unavailable' });
  assert.equal(tried, 0);
  slow.resolve('back');
  assert.equal(await probe, 'back');
  assert.equal(await guard.run(read), 'x');
});

test('a mistake in a statement is not taken for an absent database', async () => {
  const guard = createGuard(options);
  for (let i = 0; i < 4; i += 1) await assert.rejects(guard.run(wrong), /syntax/);
  assert.equal(guard.open, false);
});
