import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecorder, transferAt } from './testing.ts';
import { createOutboxFeed } from './outbox-feed.ts';

test('every listener hears both balances of each transfer in the order of the outbox', async () => {
  await using feed = createOutboxFeed();
  assert.equal(feed.keepsOutbox, true);
  const recorders = [createRecorder(), createRecorder()];
  for (const recorder of recorders) await feed.subscribe(recorder).established;
  await feed.publish([transferAt(1), transferAt(2)]);
  for (const { updates } of recorders) {
    assert.deepEqual(
      updates.map(({ accountId, version }) => [accountId, version]),
      [
        ['acc_a', 1],
        ['acc_b', 1],
        ['acc_a', 2],
        ['acc_b', 2],
      ],
    );
  }
});

test('a listener that throws hurts neither the relay nor the others, and hears of its gap', async () => {
  await using feed = createOutboxFeed();
  const broken = { ...createRecorder() };
  broken.update = () => {
    throw new Error('broken listener');
  };
  const sound = createRecorder();
  feed.subscribe(broken);
  feed.subscribe(sound);
  await feed.publish([transferAt(1)]);
  assert.deepEqual(broken.counts, { gap: 1, undecodable: 0, failed: 1 });
  assert.equal(sound.updates.length, 2);
});

test('a listener that has left hears nothing more', async () => {
  await using feed = createOutboxFeed();
  const recorder = createRecorder();
  const subscription = feed.subscribe(recorder);
  assert.equal(subscription.connected(), true);
  await subscription[Symbol.asyncDispose]();
  assert.equal(subscription.connected(), false);
  await feed.publish([transferAt(1)]);
  assert.equal(recorder.updates.length, 0);
});
