// Reads balances, one after the other on one connection, and has each answer judged.
import { setTimeout as pause } from 'node:timers/promises';
import { request, refused, someAccount, type Ground } from './ground.ts';
import { absent } from './history.ts';
import type { Lane } from './lane.ts';

/** One read in so many asks whether the balance is still the one that was answered before. */
const conditionalEvery = 8;
/** Whoever comes back after an outage should not meet a storm of ours. */
const refusedPauseMs = 20;

/** Reads until it is stopped. @param restMs pause between two reads */
export async function startReader(ground: Ground, lane: Lane, restMs: number): Promise<void> {
  const known = new Map<string, Known>();
  for (let turn = 1; !ground.stopping; turn += 1) {
    const accountId = someAccount(ground);
    const earlier = turn % conditionalEvery === 0 ? known.get(accountId) : undefined;
    const read = await readOnce(ground, lane, accountId, earlier);
    if (read !== undefined) known.set(accountId, read);
    await pause(read === undefined ? refusedPauseMs : restMs);
  }
  lane.close();
}

export interface Known {
  readonly etag: string;
  readonly version: number;
}

/** One judged read; undefined when it was not answered. @param earlier asks whether it still holds */
export async function readOnce(
  ground: Ground,
  lane: Lane,
  accountId: string,
  earlier?: Known,
): Promise<Known | undefined> {
  const headers = earlier === undefined ? {} : { 'if-none-match': earlier.etag };
  const text = request(ground, 'GET', `/ledger/accounts/${accountId}/balance`, headers);
  const read = {
    accountId,
    where: lane.url,
    floor: ground.history.floorOf(accountId),
    sentAtMs: performance.now(),
  };
  const answer = await lane.ask(text);
  if (answer?.status === 304 && earlier !== undefined) {
    ground.history.judge({ ...read, version: earlier.version });
    return earlier;
  }
  if (answer?.status === 404 && /"code":"account_not_found"/.test(answer.body)) {
    ground.history.judge({ ...read, version: absent });
    return { version: absent, etag: '' };
  }
  if (answer?.status !== 200) {
    refused(ground, 'read', answer);
    return undefined;
  }
  const { version } = JSON.parse(answer.body) as { version: number };
  ground.history.judge({ ...read, version, body: answer.body });
  return { version, etag: /\r\netag: *(\S+)/i.exec(answer.head)?.[1] ?? '' };
}
