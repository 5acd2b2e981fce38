import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coalesce } from './coalesce.ts';

/** Work that ends when the test says so. */
function byHand() {
  const calls: PromiseWithResolvers<string>[] = [];
  const shared = coalesce(
    (key: string) => key,
    () => {
      const call = Promise.withResolvers<string>();
      calls.push(call);
      return call.promise;
    },
  );
  return { calls, shared };
}

test('callers share work that begins after they asked, and never what was under way', async () => {
  const { calls, shared } = byHand();
  const first = shared('a');
  const second = shared('a');
  const third = shared('a');
  assert.equal(calls.length, 1);
  calls[0]!.resolve('older');
  assert.equal(await first, 'older');
  await new Promise(setImmediate);
  assert.equal(calls.length, 2);
  calls[1]!.resolve('newer');
  assert.deepEqual(await Promise.all([second, third]), ['newer', 'newer']);
});

test('a failure is for those who shared it, and the next call tries again', async () => {
  const { calls, shared } = byHand();
  const first = shared('a');
  const second = shared('a');
  calls[0]!.reject(new Error('away'));
  await assert.rejects(first, /away/);
  await new Promise(setImmediate);
  calls[1]!.resolve('back');
  assert.equal(await second, 'back');
});

test('other keys do not wait', () => {
  const { calls, shared } = byHand();
  void shared('a');
  void shared('b');
  assert.equal(calls.length, 2);
});
