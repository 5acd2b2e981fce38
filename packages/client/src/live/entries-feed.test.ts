import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  catchUpGapMs,
  createEntriesFeed,
  olderRows,
  pageRows,
  streamedMax,
} from './entries-feed.ts';
import type { Entry } from '../models.ts';
import type { Page } from '../pages.ts';
import { handClock, settled } from '../testing.ts';

const entry = (version: number): Entry => ({
  entryId: `e${version}`,
  version,
  amountMinor: 100n,
  balanceAfterMinor: BigInt(version * 100),
  counterpartyAccountId: 'acc_2',
  narration: null,
  effectiveAt: null,
  postedAt: '2026-11-24T02:00:00.000Z',
});

/** A book of one account whose cursor is the version to go on below. */
async function feedOf(entries: number, limitRows = 20_000) {
  const book = { version: entries, reachable: true, reads: 0 };
  const load = async (cursor: string | undefined, limit: number): Promise<Page<Entry>> => {
    book.reads++;
    if (!book.reachable) throw new Error('unreachable');
    const top = cursor === undefined ? book.version : Number(cursor);
    const items = Array.from({ length: Math.min(limit, top) }, (_, i) => entry(top - i));
    return { items, nextCursor: top > limit ? String(top - limit) : null };
  };
  const clock = handClock();
  const feed = createEntriesFeed({ load, clock, limitRows });
  const leave = feed.listen(() => undefined);
  feed.loadMore();
  await settled();
  const rise = async (by: number) => {
    book.version += by;
    feed.catchUp(book.version);
    await clock.pass(catchUpGapMs);
  };
  const span = () => `${feed.read().rows[0]?.version}…${feed.read().rows.at(-1)?.version}`;
  return { book, clock, feed, leave, rise, span };
}

const gapless = (rows: readonly Entry[]) =>
  rows.every((row, i) => i === 0 || row.version === rows[i - 1]!.version - 1);

test('older entries follow by cursor down to the first', async () => {
  const { feed, span } = await feedOf(pageRows + 20);
  assert.equal(span(), `${pageRows + 20}…21`);
  feed.loadMore();
  await settled();
  assert.equal(span(), `${pageRows + 20}…1`);
  assert.equal(feed.read().hasOlder, false);
  feed.loadMore();
  assert.equal(feed.read().loading, undefined);
});

test('an entry appears on top when the live version rises, and is known as new', async () => {
  const { feed, rise, span } = await feedOf(3);
  await rise(2);
  assert.equal(span(), '5…1');
  assert.equal(feed.read().openedAtVersion, 3);
});

test('the first entry of an empty account appears too', async () => {
  const { feed, rise, span } = await feedOf(0);
  assert.deepEqual(feed.read().rows, []);
  await rise(1);
  assert.equal(span(), '1…1');
});

test('new entries wait while the reader is further down', async () => {
  const { feed, rise, span } = await feedOf(10);
  feed.setAtTop(false);
  await rise(1);
  await rise(2);
  assert.equal(span(), '10…1');
  assert.equal(feed.read().waiting, 3);
  feed.showWaiting();
  assert.equal(span(), '13…1');
  assert.equal(feed.read().waiting, 0);
});

test('a list that fell far behind starts anew from its top, without a hole', async () => {
  const { feed, rise, span } = await feedOf(60);
  await rise(500);
  assert.equal(span(), `560…${560 - pageRows + 1}`);
  feed.setAtTop(false);
  await rise(500);
  assert.equal(span(), `560…${560 - pageRows + 1}`, 'the reader further down keeps his place');
  assert.deepEqual([feed.read().waiting, feed.read().waitingMore], [pageRows, true]);
  feed.setAtTop(true);
  feed.loadMore();
  await settled();
  assert.equal(span(), `1060…${1060 - pageRows - olderRows + 1}`);
  assert.ok(gapless(feed.read().rows));
});

test('rows stay few however long a stream is watched from the top, and older ones follow', async () => {
  const { feed, rise, span } = await feedOf(100);
  for (let i = 0; i < 60; i++) {
    await rise(40);
    assert.ok(feed.read().rows.length <= streamedMax);
  }
  assert.equal(feed.read().rows[0]?.version, 2_500);
  while (feed.read().hasOlder) {
    feed.loadMore();
    await settled();
  }
  assert.equal(span(), '2500…1');
  assert.ok(gapless(feed.read().rows));
});

test('rows stay bounded while new ones wait for a reader further down', async () => {
  const { feed, rise } = await feedOf(100, 1_000);
  feed.setAtTop(false);
  for (let i = 0; i < 60; i++) await rise(40);
  assert.equal(feed.read().waitingMore, true);
  feed.showWaiting();
  assert.equal(feed.read().rows[0]?.version, 2_500);
  assert.ok(feed.read().rows.length <= 1_000);
  assert.ok(gapless(feed.read().rows));
});

test('no more older rows are read than are kept, and the list says that it is full', async () => {
  const { book, feed } = await feedOf(2_000, 300);
  for (let i = 0; i < 5; i++) {
    feed.loadMore();
    await settled();
  }
  const { rows, full, hasOlder } = feed.read();
  assert.deepEqual([rows.length, full, hasOlder], [pageRows + 2 * olderRows, true, true]);
  assert.equal(book.reads, 3);
});

test('a hot account is read at a bounded rate, and its last state is not missed', async () => {
  const { book, clock, feed, span } = await feedOf(10);
  const before = book.reads;
  for (let i = 0; i < 100; i++) {
    book.version++;
    feed.catchUp(book.version);
    await clock.pass(10);
  }
  await clock.pass(catchUpGapMs);
  assert.ok(book.reads - before <= 1 + 1_000 / catchUpGapMs + 1, `${book.reads - before} reads`);
  assert.equal(span(), '110…1');
});

test('a version that rose without an entry is looked for once', async () => {
  const { book, clock, feed } = await feedOf(3);
  const before = book.reads;
  feed.catchUp(4);
  await clock.pass(60_000);
  assert.equal(book.reads, before + 1);
});

test('a list that nobody looks at any more reads nothing', async () => {
  const { book, clock, leave, rise } = await feedOf(3);
  book.reachable = false;
  await rise(1);
  leave();
  const before = book.reads;
  await clock.pass(60_000);
  assert.equal(book.reads, before);
});

test('a failed read keeps the rows and is made good', async () => {
  const { book, clock, rise, span } = await feedOf(3);
  book.reachable = false;
  await rise(1);
  assert.equal(span(), '3…1');
  book.reachable = true;
  await clock.pass(2_000);
  assert.equal(span(), '4…1');
});

test('what was kept is shown until the first page is here, also while there is no network', async () => {
  let reachable = false;
  const load = async () => {
    if (!reachable) throw new Error('unreachable');
    return { items: [entry(3), entry(2), entry(1)], nextCursor: null };
  };
  const feed = createEntriesFeed({ load, clock: handClock(), kept: [entry(2), entry(1)] });
  const versions = () => feed.read().rows.map(({ version }) => version);
  assert.deepEqual(versions(), [2, 1]);
  feed.loadMore();
  await settled();
  assert.deepEqual(versions(), [2, 1]);
  reachable = true;
  feed.loadMore();
  await settled();
  assert.deepEqual(versions(), [3, 2, 1]);
});

test('a first page that fails says so and can be asked for again', async () => {
  let reachable = false;
  const load = async () => {
    if (!reachable) throw new Error('unreachable');
    return { items: [entry(1)], nextCursor: null };
  };
  const feed = createEntriesFeed({ load, clock: handClock() });
  feed.loadMore();
  await settled();
  assert.match(String(feed.read().error), /unreachable/);
  reachable = true;
  feed.loadMore();
  await settled();
  assert.deepEqual([feed.read().rows.length, feed.read().error], [1, undefined]);
});
