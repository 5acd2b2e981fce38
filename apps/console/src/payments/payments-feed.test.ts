import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AtlasError, type ListedTransfer } from '@atlas/client';
import { createPaymentsFeed, pollMs, streamedMax } from './payments-feed.ts';

const startMs = Date.parse('2026-11-25T12:00:00.000Z');

const away = new AtlasError({ code: 'unreachable', status: 0, title: 'Away', detail: '' });

/** A book of payments, one a second, with a clock that is moved by hand. */
function bookOf(count: number, more: { empty?: number; closed?: boolean } = {}) {
  const book: ListedTransfer[] = [];
  const post = (key = `key-${book.length}`, atMs = startMs + book.length * 1_000) =>
    book.unshift({ key, decidedAt: new Date(atMs).toISOString() } as ListedTransfer);
  for (let i = 0; i < count; i += 1) post();
  let nowMs = startMs + count * 1_000;
  let due: (() => void) | undefined;
  const asked: { from: string | undefined; cursor: string | undefined }[] = [];
  const state = { seen: true, failing: false, emptyPages: more.empty ?? 0 };
  const feed = createPaymentsFeed({
    async load({ from, cursor, limit }) {
      asked.push({ from, cursor });
      if (state.failing) throw away;
      if (from === undefined && state.emptyPages > 0) {
        state.emptyPages -= 1;
        return { items: [], nextCursor: '0', searchedTo: `${state.emptyPages}` };
      }
      const start = Number(cursor ?? 0);
      const selected = book.filter(({ decidedAt }) => from === undefined || decidedAt >= from);
      const items = selected.slice(start, start + limit);
      const end = start + limit;
      const nextCursor = end < selected.length ? String(end) : null;
      return { items, nextCursor, searchedTo: nextCursor === null ? null : 'somewhere' };
    },
    clock: {
      now: () => nowMs,
      setTimeout: (run) => (due = run),
      clearTimeout: () => (due = undefined),
    },
    seen: () => state.seen,
    closed: more.closed ?? false,
  });
  const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));
  feed.listen(() => {});
  return {
    feed,
    post,
    asked,
    state,
    settled,
    keys: () => feed.read().rows.map(({ key }) => key),
    async tick() {
      nowMs += pollMs;
      due?.();
      await settled();
    },
    get due() {
      return due !== undefined;
    },
  };
}

/** Keys are numbered as they were posted. */
function isGapless(keys: readonly string[]): boolean {
  const numbers = keys.map((key) => Number(key.slice('key-'.length)));
  return numbers.every((number, i) => i === 0 || number === numbers[i - 1]! - 1);
}

test('older payments come by pages until there are none', async () => {
  const { feed, settled, keys } = bookOf(260);
  feed.loadMore();
  await settled();
  assert.equal(keys().length, 50);
  assert.equal(feed.read().hasOlder, true);
  feed.loadMore();
  await settled();
  feed.loadMore();
  await settled();
  assert.deepEqual([keys().length, new Set(keys()).size], [260, 260]);
  assert.deepEqual([feed.read().hasOlder, feed.read().searchedTo], [false, null]);
});

test('new payments slide in at the top, each once, and are asked for by their time', async () => {
  const { feed, settled, keys, post, tick, asked } = bookOf(60);
  feed.loadMore();
  await settled();
  post('new');
  await tick();
  assert.equal(keys()[0], 'new');
  assert.deepEqual([...feed.read().arrived], ['new']);
  assert.equal(asked.at(-1)!.from, '2026-11-25T12:00:49.000Z', 'ten seconds before the newest');
  await tick();
  assert.equal(keys().filter((key) => key === 'new').length, 1);
});

test('one that became visible late takes its place by its time', async () => {
  const { feed, settled, keys, post, tick } = bookOf(3);
  feed.loadMore();
  await settled();
  post('late', startMs + 1_500);
  await tick();
  assert.deepEqual(keys(), ['key-2', 'late', 'key-1', 'key-0']);
});

test('further down they wait and are counted, until the reader is back', async () => {
  const { feed, settled, keys, post, tick } = bookOf(60);
  feed.loadMore();
  await settled();
  feed.setAtTop(false);
  post('a');
  await tick();
  post('b');
  await tick();
  assert.equal(feed.read().waiting, 2);
  assert.equal(keys()[0], 'key-59');
  feed.showWaiting();
  assert.deepEqual(keys().slice(0, 3), ['b', 'a', 'key-59']);
  assert.equal(feed.read().waiting, 0);
});

test('when more came than can be read, the list starts anew from its top without a hole', async () => {
  const { feed, settled, keys, post, tick } = bookOf(60);
  feed.loadMore();
  await settled();
  for (let i = 0; i < 1_500; i += 1) post();
  await tick();
  assert.equal(feed.read().hasOlder, true);
  assert.ok(isGapless(keys()));
  feed.loadMore();
  await settled();
  assert.ok(isGapless(keys()));
});

test('a stream faster than what is read of it again leaves no hole', async () => {
  const { feed, settled, keys, post, tick } = bookOf(60);
  feed.loadMore();
  await settled();
  let atMs = startMs + 60_000;
  // 200 a second: ten seconds of overlap are more than one poll reads.
  for (let i = 60; i < 2_060; i += 1) {
    post(`key-${i}`, (atMs += 5));
    if (i % 400 === 59) await tick();
    assert.ok(isGapless(keys()));
  }
});

test('rows stay few however long a stream is watched from the top, and older ones follow', async () => {
  const { feed, settled, keys, post, tick } = bookOf(60);
  feed.loadMore();
  await settled();
  for (let n = 0; n < 20; n += 1) {
    for (let i = 0; i < 100; i += 1) post();
    await tick();
    assert.ok(keys().length <= streamedMax, String(keys().length));
    assert.equal(keys()[0], `key-${60 + (n + 1) * 100 - 1}`);
  }
  while (feed.read().hasOlder) {
    feed.loadMore();
    await settled();
  }
  assert.equal(keys().length, 2_060);
  assert.ok(isGapless(keys()));
});

test('those that wait stay few as well, and are said to be more', async () => {
  const { feed, settled, keys, post, tick } = bookOf(60);
  feed.loadMore();
  await settled();
  feed.setAtTop(false);
  for (let n = 0; n < 20; n += 1) {
    for (let i = 0; i < 100; i += 1) post();
    await tick();
    assert.ok(feed.read().waiting <= streamedMax);
  }
  assert.equal(feed.read().waitingMore, true);
  assert.equal(keys().length, 50);
  feed.showWaiting();
  assert.deepEqual([keys()[0], feed.read().waitingMore], ['key-2059', false]);
  assert.ok(isGapless(keys()));
});

test('what was read further down stays when the reader is back at the top and nothing new has come', async () => {
  const { feed, settled, keys, tick } = bookOf(1_500);
  while (feed.read().hasOlder) {
    feed.loadMore();
    await settled();
  }
  await tick();
  assert.equal(keys().length, 1_500);
});

test('a search goes on through pages without a find, and then asks the reader', async () => {
  const { feed, settled, keys } = bookOf(3, { empty: 6 });
  feed.loadMore();
  await settled();
  assert.deepEqual(keys(), []);
  assert.deepEqual([feed.read().loading, feed.read().searchedTo], [undefined, '1']);
  feed.loadMore();
  await settled();
  assert.equal(keys().length, 3);
});

test('it says when it is no longer live, and goes on by itself', async () => {
  const { feed, settled, post, keys, tick, state } = bookOf(3);
  feed.loadMore();
  await settled();
  const heardAtMs = feed.read().heardAtMs!;
  state.failing = true;
  await tick();
  assert.deepEqual([feed.read().live, feed.read().heardAtMs], [false, heardAtMs]);
  state.failing = false;
  post('after');
  await tick();
  assert.deepEqual([feed.read().live, keys()[0]], [true, 'after']);
});

test('what could not be loaded at first is asked for again, with its error in sight until there is an answer', async () => {
  for (const closed of [false, true]) {
    const { feed, settled, keys, tick, state } = bookOf(3, { closed });
    state.failing = true;
    feed.loadMore();
    await settled();
    await tick();
    assert.deepEqual([feed.read().error, feed.read().live], [away, false]);
    state.failing = false;
    await tick();
    assert.deepEqual([keys().length, feed.read().error, feed.read().live], [3, undefined, !closed]);
  }
});

test('nothing is asked while nobody sees the page, or where nothing can come', async () => {
  const hidden = bookOf(3);
  hidden.feed.loadMore();
  await hidden.settled();
  hidden.state.seen = false;
  await hidden.tick();
  assert.equal(hidden.asked.length, 1);
  assert.ok(hidden.due, 'it looks again whether somebody does');
  const past = bookOf(3, { closed: true });
  past.feed.loadMore();
  await past.settled();
  assert.equal(past.due, false);
});
