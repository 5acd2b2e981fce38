import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchShare } from './batch-share.ts';

test('a quick batch takes all that waits, up to the maximum', () => {
  const share = new BatchShare({ atOnceMax: 2, max: 512 });
  assert.equal(share.next(400), 512, 'nothing is known yet');
  share.began(100);
  share.ended(100, 10);
  assert.ok(share.next(200) >= 200, 'a tenth of a millisecond each');
  assert.equal(share.next(5_000), 512);
});

test('a slow batch takes an even share of what waits and what runs', () => {
  const share = new BatchShare({ atOnceMax: 2, max: 512 });
  share.began(10);
  share.ended(10, 80);
  assert.equal(share.next(20), 10);
  share.began(10);
  assert.equal(share.next(10), 10, 'half of the twenty that are open');
  assert.equal(share.next(1), 6);
  assert.equal(share.next(0), 5);
});

test('the last that waits will wait for all before it, at the pace of what has ended', () => {
  const share = new BatchShare({ atOnceMax: 2, max: 512 });
  assert.equal(share.waitMs(100), 0, 'nothing is known yet');
  share.began(10);
  share.ended(10, 80);
  assert.equal(share.waitMs(0), 0);
  assert.equal(share.waitMs(100), 400);
});

test('one that waits alone is always taken', () => {
  const share = new BatchShare({ atOnceMax: 4, max: 512 });
  share.began(1);
  share.ended(1, 5_000);
  assert.equal(share.next(1), 1);
});

test('what a batch took a while ago counts less with each that follows', () => {
  const share = new BatchShare({ atOnceMax: 2, max: 512 });
  share.began(10);
  share.ended(10, 10_000);
  assert.equal(share.next(100), 50);
  for (let batch = 0; batch < 40; batch += 1) {
    share.began(100);
    share.ended(100, 5);
  }
  assert.ok(share.next(200) >= 200);
});
