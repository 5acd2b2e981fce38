// Compares the screens with the book, all the time and not only at the end: what the book had at a
// moment when the service stood, every screen must show two seconds later, or something newer; seconds of a
// machine of our own, by how much of this one others left to us.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { OwnTime } from '../own-time.ts';
import type { Screen, Sightings } from './screens.ts';

/** The promise of the realtime role. */
export const currentWithinMs = 2_000;
const sampleEveryMs = 200;
/** For the end, where others have the processors. */
const patienceMs = 30_000;

export interface Judge extends AsyncDisposable {
  /** Runs a fault; nothing is promised of what the book has until it resolves. */
  outage(name: string, fault: () => Promise<void>): Promise<void>;
  /** Comparisons of one screen's account with the book so far. */
  readonly compared: number;
  /** Looks at the book that screens were judged by. */
  readonly judged: number;
  /** Those that nobody could judge by, because others had the processors. */
  readonly unjudged: number;
  /** Screens that were behind the book for too long while the service stood, in words. */
  readonly late: readonly string[];
  /** How many of them after which fault. */
  lateAfter(): string;
  /** The longest time after each fault until all showed what the book had when the service was back. */
  readonly recoveries: ReadonlyMap<string, number>;
  /** Resolves when the screens show exactly the book, which nobody changes any more. */
  settled(): Promise<void>;
}

export async function startJudge(
  databaseUrl: string,
  screens: readonly Screen[],
  time: OwnTime,
): Promise<Judge> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const stopping = new AbortController();
  const { signal } = stopping;
  const late: string[] = [];
  const recoveries = new Map<string, number>();
  const counts = new Map<string, number>();
  let compared = 0;
  let judged = 0;
  let unjudged = 0;
  let outages = 0;
  /** Which stretch between two outages it is. */
  let stretch = 0;
  let lastFault = 'none yet';
  const judging = new Set<Promise<void>>();
  const running = sample();

  async function sample(): Promise<void> {
    while (!signal.aborted) {
      if (outages === 0) {
        const look = judgeLater(stretch, await versions());
        judging.add(look);
        void look.then(() => judging.delete(look));
      }
      await delay(sampleEveryMs, undefined, { signal }).catch(() => {});
    }
  }

  async function judgeLater(at: number, book: ReadonlyMap<string, number>): Promise<void> {
    const hadEnough = time.mark();
    await time.wait(currentWithinMs, signal);
    if (outages > 0 || at !== stretch || signal.aborted) return;
    if (!hadEnough()) return void (unjudged += 1);
    judged += 1;
    const found = behind(book);
    if (found.length === 0) return;
    late.push(...found.map((text) => `${text}, after ${lastFault}`));
    counts.set(lastFault, (counts.get(lastFault) ?? 0) + found.length);
  }

  /** Only measures; what is wrong is said by the samples. */
  async function recover(
    name: string,
    book: ReadonlyMap<string, number>,
    at: number,
  ): Promise<void> {
    const backAt = time.nowMs();
    while (behind(book).length > 0 && at === stretch && !signal.aborted) await delay(10);
    const tookMs = Math.round(time.nowMs() - backAt);
    recoveries.set(name, Math.max(tookMs, recoveries.get(name) ?? 0));
  }

  function behind(book: ReadonlyMap<string, number>): string[] {
    const found: string[] = [];
    for (const { name, accounts, shown } of screens) {
      for (const accountId of accounts) {
        compared += 1;
        const version = shown.get(accountId) ?? -1;
        const wanted = book.get(accountId)!;
        if (version < wanted) found.push(`${name}: ${accountId} ${version} < ${wanted}`);
      }
    }
    return found;
  }

  async function versions(): Promise<Map<string, number>> {
    const { rows } = await client.query<{ account_id: string; version: string }>(
      'select account_id, version from accounts',
    );
    return new Map(rows.map((row) => [row.account_id, Number(row.version)]));
  }

  return {
    late,
    recoveries,
    lateAfter: () => JSON.stringify(Object.fromEntries(counts)),
    get compared() {
      return compared;
    },
    get judged() {
      return judged;
    },
    get unjudged() {
      return unjudged;
    },
    async outage(name, fault) {
      outages += 1;
      lastFault = name;
      try {
        await fault();
      } finally {
        outages -= 1;
        stretch += 1;
      }
      void recover(name, await versions(), stretch);
    },
    async settled() {
      const book = await versions();
      const giveUpAt = time.nowMs() + currentWithinMs;
      const hadEnough = time.mark();
      const patienceEndsAt = performance.now() + patienceMs;
      const isOver = () => time.nowMs() >= giveUpAt && hadEnough();
      while (behind(book).length > 0 && !isOver() && performance.now() < patienceEndsAt) {
        await delay(20);
      }
      assert.deepEqual(behind(book).slice(0, 5), [], 'a screen does not show the book');
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
      await Promise.all(judging);
      await client.end();
    },
  };
}

/** Each amount that was seen at a version is what the entry of that version left. */
export async function assertAmounts(databaseUrl: string, { amounts }: Sightings): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const { rows } = await client.query<{ account_id: string; version: string; minor: string }>(
      `select account_id, e.version, balance_after_minor as minor
         from entries e join accounts a on a.id = e.account`,
    );
    const book = new Map(rows.map((row) => [`${row.account_id} ${row.version}`, row.minor]));
    const wrong: string[] = [];
    for (const [accountId, seen] of amounts) {
      for (const [version, minor] of seen) {
        const wanted = version === 0 ? '0' : book.get(`${accountId} ${version}`);
        if (minor !== wanted) wrong.push(`${accountId} at ${version}: ${minor}, not ${wanted}`);
      }
    }
    assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} amounts are not the book’s`);
  } finally {
    await client.end();
  }
}
