// How a batch goes to the core: in shares, each as large as there is room for in flight, and tokens under
// the ceiling and in its client's quota. A thousand transfers at once would keep everybody else waiting, and
// whoever sends them in batches would pass by a ceiling that holds for all.
//
// Where tokens are missing it waits for them, up to its deadline: so a batch that is larger than any burst
// is slow and not impossible. It holds its place meanwhile, so the in-flight limit of its class bounds how
// many wait.
import { setTimeout as delay } from 'node:timers/promises';
import { transfersPerToken, type Admission } from './admission.ts';
import type { Place } from './place.ts';

/** As often as tokens come where they are leased. */
const lookEveryMs = 50;

export interface BatchAsking {
  readonly place: Place;
  readonly client: string;
  /** By performance.now(). */
  readonly deadlineMs: number;
}

/**
 * Within the place's `during`: hands the items on in shares, in order, until all are or one fails.
 * @throws Shed when the time was over before there were tokens; what `post` throws
 */
export async function inShares<T>(
  admission: Admission,
  asking: BatchAsking,
  items: readonly T[],
  post: (share: readonly T[]) => Promise<void>,
): Promise<void> {
  const { place } = asking;
  // A token and a request of the quota it has paid at the entrance.
  let paid = transfersPerToken;
  for (let next = 0; next < items.length;) {
    const wanted = place.roomFor(items.length - next);
    const size = await paidFor(admission, asking, { wanted, paid });
    paid = 0;
    const share = items.slice(next, next + size);
    await place.share(size, () => post(share));
    next += size;
  }
}

async function paidFor(
  admission: Admission,
  { place, client, deadlineMs }: BatchAsking,
  { wanted, paid }: { readonly wanted: number; readonly paid: number },
): Promise<number> {
  const { kind } = place;
  for (;;) {
    const covered = Math.min(wanted, paid);
    const transfers = covered + admission.takeForBatch({ kind, client }, wanted - covered);
    if (transfers > 0) return transfers;
    const leftMs = deadlineMs - performance.now();
    if (leftMs <= 0) throw admission.tokensMissing({ kind, client });
    await place.rest(delay(Math.min(lookEveryMs, leftMs)));
  }
}
