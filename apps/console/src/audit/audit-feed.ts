// The record, newest first: older records come by cursor as the reader scrolls, newer ones are asked for
// every two seconds. They come in at the top while the reader is there, else they wait and are counted. A
// record is late by a moment, or by more when its writer could not reach the core, so what comes is merged
// by id and not put on top.
import type { AuditRecord, Clock, Page } from '@atlas/client';
import { passes } from '../ui/outage.ts';

export const pageRows = 100;
export const everyMs = 2_000;
/** Beyond this the list starts anew from its top, instead of growing while new ones stream in. */
export const rowsMax = 5_000;

export interface AuditView {
  readonly rows: readonly AuditRecord[];
  /** Those above it came while the reader was watching; '' before the first are known. */
  readonly openedAtId: string;
  /** New ones that wait for the reader to come back to the top; `waitingMore` when there are others. */
  readonly waiting: number;
  readonly waitingMore: boolean;
  readonly loading: 'first' | 'older' | undefined;
  readonly hasOlder: boolean;
  /** Of the last page that was asked for; `loadMore` tries again, and an outage at the first ends by itself. */
  readonly error: unknown;
  /** False until there was an answer. */
  readonly isKnown: boolean;
  /** When the newest were last asked for in vain; undefined while that succeeds. */
  readonly silentSinceMs: number | undefined;
}

export interface AuditFeed {
  readonly read: () => AuditView;
  /** Without a listener nothing new is asked for. */
  readonly listen: (onChange: () => void) => () => void;
  /** Loads the first page, or the next older one; also the way to try again after an error. */
  readonly loadMore: () => void;
  /** Whether the reader sees the top of the list. */
  readonly setAtTop: (atTop: boolean) => void;
  readonly showWaiting: () => void;
}

export interface AuditFeedParts {
  readonly load: (cursor: string | undefined) => Promise<Page<AuditRecord>>;
  /** Whether nobody can see the page. */
  readonly hidden: () => boolean;
  readonly clock: Clock;
}

export function createAuditFeed({ load, hidden, clock }: AuditFeedParts): AuditFeed {
  const listeners = new Set<() => void>();
  let rows: readonly AuditRecord[] = [];
  /** Where older ones go on; null at the end, undefined before the first page. */
  let olderCursor: string | null | undefined;
  /** A newest page that does not reach down to the known rows: it will replace them. */
  let restart: Page<AuditRecord> | undefined;
  let shownId = '';
  let openedAtId = '';
  let atTop = true;
  let loading: 'first' | 'older' | undefined;
  let error: unknown;
  let silentSinceMs: number | undefined;
  let timer: unknown;
  let view = currentView();

  function currentView(): AuditView {
    const waiting = rows.filter(({ id }) => id > shownId).length;
    return {
      rows: rows.slice(waiting),
      openedAtId,
      waiting: restart === undefined ? waiting : restart.items.length,
      waitingMore: restart !== undefined,
      loading,
      hasOlder: olderCursor !== null,
      error,
      isKnown: olderCursor !== undefined,
      silentSinceMs,
    };
  }

  function show(): void {
    if (atTop) {
      if (restart !== undefined) startFrom(restart);
      shownId = rows[0]?.id ?? shownId;
    }
    view = currentView();
    for (const changed of listeners) changed();
  }

  function startFrom(page: Page<AuditRecord>): void {
    restart = undefined;
    rows = page.items;
    olderCursor = page.nextCursor;
  }

  function openWith(page: Page<AuditRecord>): void {
    error = undefined;
    startFrom(page);
    openedAtId = shownId = rows[0]?.id ?? '';
  }

  async function loadMore(): Promise<void> {
    if (loading !== undefined || olderCursor === null) return;
    loading = olderCursor === undefined ? 'first' : 'older';
    error = undefined;
    show();
    try {
      const page = await load(olderCursor);
      if (loading === 'first') {
        openWith(page);
      } else {
        rows = merged(rows, page.items);
        olderCursor = page.nextCursor;
      }
    } catch (reason) {
      error = reason;
    }
    loading = undefined;
    show();
  }

  async function askForNewest(): Promise<void> {
    timer = undefined;
    const isDue = olderCursor === undefined ? passes(error) : loading === undefined;
    if (isDue && !hidden()) {
      await load(undefined).then(hear, (reason: unknown) => {
        if (olderCursor === undefined) error = reason;
        else silentSinceMs ??= clock.now();
      });
      show();
    }
    goOn();
  }

  function hear(page: Page<AuditRecord>): void {
    if (olderCursor === undefined) openWith(page);
    else addNewest(page);
  }

  function addNewest(page: Page<AuditRecord>): void {
    silentSinceMs = undefined;
    const known = new Set(rows.map(({ id }) => id));
    const fresh = page.items.filter(({ id }) => !known.has(id));
    const overlaps = fresh.length < page.items.length || page.nextCursor === null;
    const fits = rows.length + fresh.length <= rowsMax;
    if (overlaps && fits && restart === undefined) rows = merged(rows, fresh);
    else if (fresh.length > 0) restart = page;
  }

  function goOn(): void {
    if (listeners.size > 0) timer ??= clock.setTimeout(() => void askForNewest(), everyMs);
  }

  return {
    read: () => view,
    listen(onChange) {
      listeners.add(onChange);
      goOn();
      return () => {
        listeners.delete(onChange);
        if (listeners.size > 0) return;
        clock.clearTimeout(timer);
        timer = undefined;
      };
    },
    loadMore: () => void loadMore(),
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

/** Ids are in the order of time. */
function merged(
  known: readonly AuditRecord[],
  more: readonly AuditRecord[],
): readonly AuditRecord[] {
  if (more.length === 0) return known;
  return [...known, ...more].toSorted((a, b) => (a.id > b.id ? -1 : 1));
}
