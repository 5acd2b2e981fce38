import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AtlasError, type AuditRecord, type Page } from '@atlas/client';
import { handClock, settled } from '../../../../packages/client/src/testing.ts';
import { createAuditFeed, everyMs, pageRows } from './audit-feed.ts';

const idOf = (number: number) => String(number).padStart(8, '0');

const record = (id: string): AuditRecord => ({
  id,
  at: '2026-11-24T02:00:00.000Z',
  action: 'hub.connect',
  code: null,
  subject: 'ada',
  session: null,
  accountIds: [],
  connectionId: null,
  node: 'n',
  address: null,
  userAgent: null,
  details: {},
});

const away = new AtlasError({ code: 'unreachable', status: 0, title: 'Away', detail: '' });

/** A record whose cursor is the id to go on below. */
async function feedOf(records: number, { reachable = true } = {}) {
  const book = {
    ids: Array.from({ length: records }, (_, index) => idOf(2 * (index + 1))),
    reachable,
    hidden: false,
    reads: 0,
  };
  const load = async (cursor: string | undefined): Promise<Page<AuditRecord>> => {
    book.reads += 1;
    if (!book.reachable) throw away;
    const below = book.ids.toSorted().filter((id) => cursor === undefined || id < cursor);
    const items = below.slice(-pageRows).toReversed().map(record);
    return { items, nextCursor: below.length > pageRows ? items.at(-1)!.id : null };
  };
  const clock = handClock();
  const feed = createAuditFeed({ load, clock, hidden: () => book.hidden });
  const leave = feed.listen(() => undefined);
  feed.loadMore();
  await settled();
  const ids = () => feed.read().rows.map(({ id }) => Number(id));
  return { book, clock, feed, leave, ids };
}

test('older records follow by cursor down to the first', async () => {
  const { feed, ids } = await feedOf(pageRows + 5);
  assert.deepEqual([ids().length, ids()[0], feed.read().hasOlder], [pageRows, 210, true]);
  feed.loadMore();
  await settled();
  assert.deepEqual([ids().length, ids().at(-1), feed.read().hasOlder], [pageRows + 5, 2, false]);
});

test('new records come in at the top for who is there, and wait for who reads further down', async () => {
  const { book, clock, feed, ids } = await feedOf(3);
  book.ids.push(idOf(8));
  await clock.pass(everyMs);
  assert.deepEqual(ids(), [8, 6, 4, 2]);
  assert.equal(feed.read().openedAtId, idOf(6));
  feed.setAtTop(false);
  book.ids.push(idOf(10), idOf(12));
  await clock.pass(everyMs);
  assert.deepEqual([ids()[0], feed.read().waiting], [8, 2]);
  feed.showWaiting();
  assert.deepEqual([ids()[0], feed.read().waiting], [12, 0]);
});

test('a record that comes late takes its place in time', async () => {
  const { book, clock, ids } = await feedOf(3);
  book.ids.push(idOf(5));
  await clock.pass(everyMs);
  assert.deepEqual(ids(), [6, 5, 4, 2]);
});

test('after more new records than a page holds the list starts anew, and leaves no gap unseen', async () => {
  const { book, clock, feed, ids } = await feedOf(3);
  feed.setAtTop(false);
  for (let number = 4; number < pageRows + 10; number += 1) book.ids.push(idOf(2 * number));
  await clock.pass(everyMs);
  assert.deepEqual([ids(), feed.read().waitingMore], [[6, 4, 2], true]);
  feed.showWaiting();
  assert.equal(ids().length, pageRows);
  assert.equal(feed.read().hasOlder, true);
});

test('while nothing answers the rows stay and it is said since when, and the first answer ends that', async () => {
  const { book, clock, feed, ids } = await feedOf(3);
  book.reachable = false;
  await clock.pass(everyMs);
  const since = feed.read().silentSinceMs;
  await clock.pass(everyMs);
  assert.deepEqual([feed.read().silentSinceMs, ids()], [since, [6, 4, 2]]);
  assert.ok(since !== undefined);
  book.reachable = true;
  await clock.pass(everyMs);
  assert.equal(feed.read().silentSinceMs, undefined);
});

test('a list that could not be opened is no known one, and opens by itself with the first answer', async () => {
  const { book, clock, feed, ids } = await feedOf(3, { reachable: false });
  await clock.pass(everyMs);
  assert.deepEqual([feed.read().isKnown, feed.read().error], [false, away]);
  book.reachable = true;
  await clock.pass(everyMs);
  assert.deepEqual([feed.read().isKnown, feed.read().error, ids()], [true, undefined, [6, 4, 2]]);
});

test('nothing is asked for while nobody sees it', async () => {
  const { book, clock, leave } = await feedOf(1);
  book.hidden = true;
  await clock.pass(everyMs);
  assert.equal(book.reads, 1);
  book.hidden = false;
  await clock.pass(everyMs);
  assert.equal(book.reads, 2);
  leave();
  await clock.pass(10 * everyMs);
  assert.equal(book.reads, 2);
});
