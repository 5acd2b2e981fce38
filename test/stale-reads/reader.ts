// Reads balances, one after the other on one connection, and has each answer judged.
import { setTimeout as pause } from 'node:timers/promises';
import type { HttpAnswer } from '../../load/http/connection.ts';
import { request, refused, someAccount, type Ground } from './ground.ts';
import { absent } from './history.ts';
import type { Lane } from './lane.ts';

/** One read in so many asks whether the balance is still the one that was answered before. */
const conditionalEvery = 8;
/** Whoever comes back after an outage should not meet a storm of ours. */
const refusedPauseMs = 20;

export interface ReaderOptions {
  /** Pause between two reads. */
  readonly restMs: number;
  /** How old an answer it accepts; left out by a reader that wants the newest. */
  readonly maxStaleMs?: number;
}

/** Reads until it is stopped. */
export async function startReader(
  ground: Ground,
  lane: Lane,
  { restMs, maxStaleMs }: ReaderOptions,
): Promise<void> {
  const known = new Map<string, Known>();
  for (let turn = 1; !ground.stopping; turn += 1) {
    const accountId = someAccount(ground);
    const earlier = turn % conditionalEvery === 0 ? known.get(accountId) : undefined;
    const read = await readOnce(ground, lane, accountId, { earlier, maxStaleMs });
    if (read !== undefined) known.set(accountId, read);
    await pause(read === undefined ? refusedPauseMs : restMs);
  }
  lane.close();
}

export interface Known {
  readonly etag: string;
  readonly version: number;
}

interface Wanted {
  /** Asks whether this still holds. */
  readonly earlier?: Known | undefined;
  readonly maxStaleMs?: number | undefined;
}

/** One judged read; undefined when it was not answered. */
export async function readOnce(
  ground: Ground,
  lane: Lane,
  accountId: string,
  { earlier, maxStaleMs }: Wanted = {},
): Promise<Known | undefined> {
  const headers = earlier === undefined ? {} : { 'if-none-match': earlier.etag };
  const query = maxStaleMs === undefined ? '' : `?maxStaleMs=${maxStaleMs}`;
  const path = `/ledger/accounts/${accountId}/balance${query}`;
  const text = request(ground, 'GET', path, headers);
  const read = {
    accountId,
    where: lane.url,
    floor: ground.history.floorOf(accountId),
    sentAtMs: performance.now(),
  };
  const answer = await lane.ask(text);
  const allowedMs = maxStaleMs && Math.min(maxStaleMs, ageOf(answer));
  if (answer?.status === 304 && earlier !== undefined) {
    ground.history.judge({ ...read, version: earlier.version, allowedMs });
    return earlier;
  }
  if (answer?.status === 404 && /"code":"account_not_found"/.test(answer.body)) {
    ground.history.judge({ ...read, version: absent, allowedMs });
    return { version: absent, etag: '' };
  }
  if (answer?.status !== 200) {
    refused(ground, 'read', answer);
    return undefined;
  }
  const { version } = JSON.parse(answer.body) as { version: number };
  ground.history.judge({ ...read, version, body: answer.body, allowedMs });
  return { version, etag: /\r\netag: *(\S+)/i.exec(answer.head)?.[1] ?? '' };
}

/** How old the answer says that it may be; one that says nothing may not be old at all. */
function ageOf(answer: HttpAnswer | undefined): number {
  return Number(/\r\nbalance-age-ms: *(\d+)/i.exec(answer?.head ?? '')?.[1] ?? 0);
}
