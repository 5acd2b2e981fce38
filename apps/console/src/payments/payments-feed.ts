// The list of payments as it lives: older ones come by cursor, new ones are asked for every two seconds while
// somebody looks, each time only what is younger than what is known, so that looking costs the book next to
// nothing. New rows come in only while the reader is at the top; else they wait and are counted.
import type { Clock, ListedTransfer, Page, SearchedTo } from '@atlas/client';
import { answerMs } from '../ui/answer-ms.ts';
import { passes } from '../ui/outage.ts';

export const pollMs = 2_000;
/** Longer than a poll: the first page of a search looks at much of the book, over a slow connection too. */
const firstAnswerMs = 10_000;
const pageRows = 50;
const olderRows = 200;
/** Pages of a search that are looked through without a find before the reader is asked. */
const emptyPagesMax = 5;
/** Pages of new rows in one poll; when more have come the list starts anew from its top. */
const newPagesMax = 5;
/** Transactions do not become visible in the order of their times, and clocks differ. */
const overlapMs = 10_000;
/** Rows kept for a reader who has gone down to them. */
export const rowsMax = 20_000;
/** Rows kept below a reader who is at the top, and rows that wait for one who is not: where new ones stream in,
 * the list starts anew from its top instead of growing all day. */
export const streamedMax = 1_000;

export interface PaymentsView {
  readonly rows: readonly ListedTransfer[];
  /** Keys of rows that came while the reader was watching. */
  readonly arrived: ReadonlySet<string>;
  readonly waiting: number;
  /** There are others besides those that wait. */
  readonly waitingMore: boolean;
  readonly loading: 'first' | 'older' | undefined;
  readonly hasOlder: boolean;
  /** There are older ones, but no more are kept here. */
  readonly full: boolean;
  /** How far back was looked; undefined before the first page, null for all. */
  readonly searchedTo: string | null | undefined;
  /** Of loading. In an outage the first page is asked for again by itself, as polls are. */
  readonly error: unknown;
  /** When the list was last known to be current, and whether it still is; undefined of what lies in the past. */
  readonly heardAtMs: number | undefined;
  readonly live: boolean;
}

export interface PaymentsFeed {
  readonly read: () => PaymentsView;
  /** Without a listener nothing is asked. */
  readonly listen: (onChange: () => void) => () => void;
  /** The first page, or older ones; also the way to try again after an error. */
  readonly loadMore: () => void;
  readonly setAtTop: (atTop: boolean) => void;
  readonly showWaiting: () => void;
}

export interface PaymentsFeedParts {
  /** One page of what the filters select; `from` narrows it further. */
  readonly load: (asked: {
    readonly from?: string | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
    /** That of a customer's call, or else. */
    readonly deadlineMs?: number | undefined;
  }) => Promise<Page<ListedTransfer> & SearchedTo>;
  readonly clock: Clock;
  /** False while nobody can see the page. */
  readonly seen: () => boolean;
  /** What is selected lies in the past: nothing new can come. */
  readonly closed: boolean;
}

export function createPaymentsFeed({ load, clock, seen, closed }: PaymentsFeedParts): PaymentsFeed {
  const listeners = new Set<() => void>();
  const openedAtMs = clock.now();
  let rows: readonly ListedTransfer[] = [];
  let fresh: readonly ListedTransfer[] = [];
  /** Set where `fresh` is to replace the rows, with where those below it are. */
  let restart: { readonly older: string | null } | undefined;
  let older: string | null | undefined;
  let view: PaymentsView = {
    rows,
    arrived: new Set(),
    waiting: 0,
    waitingMore: false,
    loading: undefined,
    hasOlder: true,
    full: false,
    searchedTo: undefined,
    error: undefined,
    heardAtMs: undefined,
    live: false,
  };
  let atTop = true;
  let timer: unknown;
  let polling = false;

  function show(changes: Partial<PaymentsView>): void {
    const waiting = { waiting: fresh.length, waitingMore: restart !== undefined };
    view = { ...view, ...changes, ...waiting, rows, hasOlder: older !== null };
    for (const changed of listeners) changed();
  }

  async function loadMore(): Promise<void> {
    if (view.loading !== undefined || older === null || view.full) return;
    show({ loading: older === undefined ? 'first' : 'older', error: undefined });
    try {
      for (let empty = 0; empty < emptyPagesMax && older !== null; empty += 1) {
        const first = older === undefined;
        const page = await load(
          first
            ? { limit: pageRows, deadlineMs: firstAnswerMs }
            : { cursor: older, limit: olderRows },
        );
        older = page.nextCursor;
        rows = merged(rows, page.items);
        const full = rows.length >= rowsMax;
        show({ searchedTo: page.searchedTo, full, ...(first ? current() : {}) });
        if (page.items.length > 0) break;
      }
      show({ loading: undefined });
    } catch (error) {
      show({ loading: undefined, error });
    }
    schedule();
  }

  function current(): Partial<PaymentsView> {
    return closed ? {} : { heardAtMs: clock.now(), live: true };
  }

  function schedule(): void {
    clock.clearTimeout(timer);
    const waits = older === undefined ? passes(view.error) : !closed;
    if (!waits || listeners.size === 0) return;
    timer = clock.setTimeout(() => void poll(), pollMs);
  }

  async function poll(): Promise<void> {
    if (polling) return;
    polling = true;
    try {
      if (seen()) await (older === undefined ? hearFirst() : hearNews());
    } catch (error) {
      show(older === undefined ? { error } : { live: false });
    } finally {
      polling = false;
      schedule();
    }
  }

  /** After it could not be loaded: its error stays in sight until there is an answer. */
  async function hearFirst(): Promise<void> {
    if (view.loading !== undefined) return;
    const page = await load({ limit: pageRows, deadlineMs: firstAnswerMs });
    if (older !== undefined) return;
    older = page.nextCursor;
    rows = page.items;
    show({ searchedTo: page.searchedTo, error: undefined, ...current() });
  }

  async function hearNews(): Promise<void> {
    const newest = fresh[0] ?? rows[0];
    const sinceMs = (newest === undefined ? openedAtMs : Date.parse(newest.decidedAt)) - overlapMs;
    const known = new Set([...fresh, ...rows].map(({ key }) => key));
    const isNew = ({ key }: ListedTransfer) => !known.has(key);
    let read: readonly ListedTransfer[] = [];
    let cursor: string | null | undefined;
    let joins = false;
    for (let pages = 0; pages < newPagesMax && cursor !== null && !joins; pages += 1) {
      const from = new Date(sinceMs).toISOString();
      const page = await load({ from, cursor, limit: olderRows, deadlineMs: answerMs });
      read = [...read, ...page.items];
      cursor = page.nextCursor;
      // Of a page without news, what is below it is known too.
      joins = cursor === null || !page.items.some(isNew);
    }
    const news = read.filter(isNew);
    const crowded = (atTop ? rows.length : fresh.length) + news.length > streamedMax;
    if (news.length > 0 && crowded) {
      const page = await load({ limit: olderRows, deadlineMs: answerMs });
      [fresh, restart] = [page.items, { older: page.nextCursor }];
    } else if (joins) {
      fresh = merged(news, fresh);
    } else {
      [fresh, restart] = [read, { older: cursor ?? null }];
    }
    if (atTop) takeFresh();
    show(current());
  }

  function takeFresh(): void {
    if (fresh.length === 0) return;
    const known = new Set(rows.map(({ key }) => key));
    const arrived = new Set(fresh.map(({ key }) => key).filter((key) => !known.has(key)));
    if (restart === undefined) rows = merged(fresh, rows).slice(0, rowsMax);
    else [rows, older] = [fresh, restart.older];
    [fresh, restart] = [[], undefined];
    show({ arrived, full: rows.length >= rowsMax });
  }

  return {
    read: () => view,
    listen(onChange) {
      listeners.add(onChange);
      schedule();
      return () => {
        listeners.delete(onChange);
        if (listeners.size === 0) clock.clearTimeout(timer);
      };
    },
    loadMore: () => void loadMore(),
    setAtTop(now) {
      atTop = now;
      if (atTop) takeFresh();
    },
    showWaiting: takeFresh,
  };
}

/** Newest first; of one time, those of `a` first. Each key once. */
function merged(
  a: readonly ListedTransfer[],
  b: readonly ListedTransfer[],
): readonly ListedTransfer[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  const keys = new Set(a.map(({ key }) => key));
  const others = b.filter(({ key }) => !keys.has(key));
  const all = [...a, ...others];
  const inOrder = a.at(-1)!.decidedAt >= (others[0]?.decidedAt ?? '');
  return inOrder
    ? all
    : all.toSorted((x, y) => (x.decidedAt < y.decidedAt ? 1 : x.decidedAt > y.decidedAt ? -1 : 0));
}
