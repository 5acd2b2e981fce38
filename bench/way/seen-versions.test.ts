import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeenVersions } from './seen-versions.ts';

test('an event answers for its version and the ones before it, whichever comes first', async () => {
  const seen = new SeenVersions();
  seen.acknowledged('a', 2);
  seen.acknowledged('a', 1);
  seen.acknowledged('a', 3);
  seen.event('a', 2);
  await assert.rejects(seen.all(20), { message: '1 versions never came' });
  seen.event('b', 7);
  seen.acknowledged('b', 6);
  seen.event('a', 4);
  await seen.all(0);
  assert.equal(seen.lateUs.count, 4);
  assert.equal(seen.lateUs.min, 1);
});
