import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByAccount } from './by-account.ts';

test('the same account id in two tenants is two accounts, and each can be taken away alone', () => {
  const map = new ByAccount<number>();
  map.set('a', 'wallet', 1);
  map.set('b', 'wallet', 2);
  map.set('b', 'wallet', 3);
  map.set('b', 'other', 4);
  assert.equal(map.size, 3);
  map.delete('a', 'other');
  map.delete('c', 'wallet');
  map.delete('a', 'wallet');
  assert.equal(map.get('a', 'wallet'), undefined);
  assert.equal(map.get('b', 'wallet'), 3);
  assert.equal(map.size, 2);
  assert.deepEqual([...map.values()], [3, 4]);
});
