// An account's entries, newest first: older ones come by cursor as the reader scrolls, newer ones
// when the live balance's version rises. New rows appear only while the reader is at the top; else
// they wait and are counted, because a list that moves under the eyes is read wrongly.
import type { Clock } from '../clock.ts';
import type { Entry } from '../models.ts';
import type { Page } from '../pages.ts';

/** So few come first, to be there soon; older ones come by as many as the API gives. */
export const pageRows = 50;
export const olderRows = 200;
/** Rows kept for a reader who has gone down to them; beyond this no older ones are read. */
export const rowsMax = 20_000;
/** Rows kept below a reader who is at the top: where new ones stream in, the list starts anew from its top
 * instead of growing all day. */
export const streamedMax = 1_000;
/** A hot account changes a hundred times a second; its list is read this often at most. */
export const catchUpGapMs = 400;
/** After the client has given up a read, it is begun again this much later. */
const failedGapMs = 2_000;

export interface EntriesView {
  readonly rows: readonly Entry[];
  /** Rows above this version came while the reader was watching. */
  readonly openedAtVersion: number;
  /** New rows that wait for the reader to come back to the top; `more` when there are others. */
  readonly waiting: number;
  readonly waitingMore: boolean;
  readonly loading: 'first' | 'older' | undefined;
  readonly hasOlder: boolean;
  /** There may be older ones, but no more are kept here. */
  readonly full: boolean;
  readonly error: unknown;
}

export interface EntriesFeed {
  readonly read: () => EntriesView;
  /** Without a listener nothing new is read. */
  readonly listen: (onChange: () => void) => () => void;
  /** Loads the first page, or the next older one; also the way to try again after an error. */
  readonly loadMore: () => void;
  /** The account is now at `version`: read what is new. */
  readonly catchUp: (version: number) => void;
  /** Whether the reader sees the top of the list. */
  readonly setAtTop: (atTop: boolean) => void;
  readonly showWaiting: () => void;
}

export function createEntriesFeed(parts: {
  readonly load: (cursor: string | undefined, limit: number) => Promise<Page<Entry>>;
  readonly clock: Clock;
  /** Rows of an earlier run, newest first: shown until the first page is here. */
  readonly kept?: readonly Entry[] | undefined;
  readonly limitRows?: number | undefined;
}): EntriesFeed {
  const { load, clock, kept = [], limitRows = rowsMax } = parts;
  const listeners = new Set<() => void>();
  let rows = kept;
  /** Where older rows go on; null at the end of the book, undefined before the first page. */
  let olderCursor: string | null | undefined;
  /** A newest page that does not reach down to the known rows: it will replace them. */
  let restart: Page<Entry> | undefined;
  let shownVersion = kept[0]?.version ?? 0;
  let openedAtVersion = 0;
  let wantedVersion = 0;
  let atTop = true;
  let loading: 'first' | 'older' | undefined;
  let catching = false;
  let error: unknown;
  let view = currentView();

  function currentView(): EntriesView {
    const known = rows.findIndex((row) => row.version <= shownVersion);
    const waiting = known < 0 ? rows.length : known;
    return {
      rows: rows.slice(waiting),
      openedAtVersion,
      waiting: restart === undefined ? waiting : restart.items.length,
      waitingMore: restart !== undefined,
      loading,
      hasOlder: olderCursor !== null,
      full: rows.length >= limitRows,
      error,
    };
  }

  function show(): void {
    if (atTop) {
      if (restart !== undefined) startFrom(restart);
      shownVersion = topVersion();
    }
    view = currentView();
    for (const changed of listeners) changed();
  }

  const topVersion = () => rows[0]?.version ?? 0;
  const keptRows = () => (atTop ? Math.min(streamedMax, limitRows) : limitRows);

  function startFrom(page: Page<Entry>): void {
    restart = undefined;
    rows = page.items;
    olderCursor = page.nextCursor ?? null;
  }

  async function loadMore(): Promise<void> {
    if (loading !== undefined || olderCursor === null || rows.length >= limitRows) return;
    loading = olderCursor === undefined ? 'first' : 'older';
    error = undefined;
    show();
    try {
      const page = await load(olderCursor, loading === 'first' ? pageRows : olderRows);
      if (loading === 'first') {
        startFrom(page);
        openedAtVersion = shownVersion = topVersion();
      } else if (loading === 'older') {
        rows = [...rows, ...page.items];
        olderCursor = page.nextCursor ?? null;
      }
    } catch (reason) {
      error = reason;
    }
    loading = undefined;
    show();
    catchUp(wantedVersion);
  }

  function catchUp(version: number): void {
    wantedVersion = Math.max(wantedVersion, version);
    const behind = wantedVersion > (restart?.items[0]?.version ?? topVersion());
    const busy = catching || loading !== undefined || olderCursor === undefined;
    if (!behind || busy || listeners.size === 0) return;
    catching = true;
    void readNewest(wantedVersion);
  }

  async function readNewest(version: number): Promise<void> {
    let gapMs = catchUpGapMs;
    try {
      // As many as there may be to start anew with.
      const crowded = rows.length + pageRows > keptRows();
      addNewest(await load(undefined, crowded ? olderRows : pageRows));
      // A version may rise without an entry (a hold): having looked is enough.
      if (wantedVersion === version) wantedVersion = 0;
      show();
    } catch {
      // The rows on screen stay true.
      gapMs = failedGapMs;
    }
    clock.setTimeout(() => {
      catching = false;
      catchUp(0);
    }, gapMs);
  }

  function addNewest(page: Page<Entry>): void {
    const known = topVersion();
    const fresh = page.items.filter((row) => row.version > known);
    const overlaps = fresh.length < page.items.length || rows.length === 0;
    const fits = rows.length + fresh.length <= keptRows();
    if (overlaps && fits && restart === undefined) {
      if (rows.length === 0) olderCursor = page.nextCursor ?? null;
      rows = [...fresh, ...rows];
    } else if (fresh.length > 0) {
      restart = page;
    }
  }

  return {
    read: () => view,
    listen(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    loadMore: () => void loadMore(),
    catchUp,
    setAtTop(next) {
      if (atTop === next) return;
      atTop = next;
      if (atTop) show();
    },
    showWaiting() {
      atTop = true;
      show();
    },
  };
}
