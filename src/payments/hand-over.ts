// Hands transfers to the core in groups: whatever has queued while the earlier hand-overs were under
// way goes over in one call. Nothing waits for a group to fill, and a busy core gets large groups.
import { handOverMax, type Core } from '../contracts/core.ts';
import { ProblemError } from '../contracts/problems.ts';
import type { TransferOutcome, TransferRequest } from '../contracts/transfers.ts';
import { BatchShare } from '../platform/batch-share.ts';
import { Shed } from './shedding/shed.ts';

/** While one group is decided the next is on its way; more would only make the groups smaller. */
export const handOversAtOnceMax = 2;
/** Transfers that may wait here; a full queue means that they would wait for seconds. */
const queuedTransfersMax = 20_000;
/** Longer than the core's longest statement and its wait for a lease. */
const handOverTimeoutMs = 15_000;

export interface HandOverOptions {
  readonly core: Pick<Core, 'post'>;
  readonly queuedMax?: number;
  readonly timeoutMs?: number;
  /** The clock of deadlines, and of what a group took. */
  readonly nowMs?: () => number;
  /** Called for each group that was handed over, when it has been answered or given up. */
  readonly onGroup?: (transfers: number, seconds: number) => void;
}

interface Waiting {
  readonly requests: readonly TransferRequest[];
  readonly resolve: (outcomes: TransferOutcome[]) => void;
  readonly reject: (error: unknown) => void;
}

export class HandOver {
  readonly #core: Pick<Core, 'post'>;
  readonly #queuedMax: number;
  readonly #timeoutMs: number;
  readonly #nowMs: () => number;
  readonly #onGroup: (transfers: number, seconds: number) => void;
  readonly #share = new BatchShare({ atOnceMax: handOversAtOnceMax, max: handOverMax });
  #queue: Waiting[] = [];
  #queuedTransfers = 0;
  #underWay = 0;
  #scheduled = false;

  constructor({ core, queuedMax, timeoutMs, nowMs, onGroup }: HandOverOptions) {
    this.#core = core;
    this.#nowMs = nowMs ?? (() => performance.now());
    this.#queuedMax = queuedMax ?? queuedTransfersMax;
    this.#timeoutMs = timeoutMs ?? handOverTimeoutMs;
    this.#onGroup = onGroup ?? (() => {});
  }

  get queuedTransfers(): number {
    return this.#queuedTransfers;
  }

  get queuedMax(): number {
    return this.#queuedMax;
  }

  /**
   * Posts requests, at most `handOverMax`, in their order and in one group. Outcome i is request i's.
   * @throws Shed when too many wait, or when a deadline passed while they did: nothing happened;
   *   ProblemError `unavailable` when the outcome is unknown; whatever the core throws.
   */
  post(requests: readonly TransferRequest[]): Promise<TransferOutcome[]> {
    if (requests.length > handOverMax) throw new RangeError(`More than ${handOverMax} transfers`);
    if (this.#queuedTransfers + requests.length > this.#queuedMax) {
      return Promise.reject(new Shed('queue'));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ requests, resolve, reject });
      this.#queuedTransfers += requests.length;
      this.#schedule();
    });
  }

  /** After the requests that arrived together have all been read, so that they go over together. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      while (this.#queue.length > 0 && this.#underWay < handOversAtOnceMax) {
        const group = this.#takeGroup().filter((waiting) => !this.#refusesLate(waiting));
        if (group.length > 0) void this.#handOver(group);
      }
    });
  }

  /** The oldest that fit together; what one caller posts at once is never divided. */
  #takeGroup(): Waiting[] {
    const max = this.#share.next(this.#queuedTransfers);
    let transfers = 0;
    let taken = 0;
    for (const { requests } of this.#queue) {
      if (taken > 0 && transfers + requests.length > max) break;
      transfers += requests.length;
      taken += 1;
    }
    this.#queuedTransfers -= transfers;
    return this.#queue.splice(0, taken);
  }

  /** What one caller posts at once has one deadline. */
  #refusesLate({ requests, reject }: Waiting): boolean {
    const deadlineMs = requests[0]?.deadlineMs;
    if (deadlineMs === undefined || deadlineMs > this.#nowMs()) return false;
    reject(new Shed('deadline'));
    return true;
  }

  async #handOver(group: readonly Waiting[]): Promise<void> {
    const requests = group.flatMap(({ requests }) => requests);
    this.#underWay += 1;
    this.#share.began(requests.length);
    const startedAtMs = this.#nowMs();
    try {
      const outcomes = await withTimeout(this.#core.post(requests), this.#timeoutMs);
      if (outcomes.length !== requests.length) {
        throw new Error(`The core answered ${outcomes.length} of ${requests.length} transfers`);
      }
      let next = 0;
      for (const { requests, resolve } of group) {
        resolve(outcomes.slice(next, (next += requests.length)));
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      const tookMs = this.#nowMs() - startedAtMs;
      this.#underWay -= 1;
      this.#share.ended(requests.length, tookMs);
      this.#onGroup(requests.length, tookMs / 1_000);
      if (this.#queue.length > 0) this.#schedule();
    }
  }
}

async function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const detail = 'The core did not answer in time; retry with the same key.';
      reject(new ProblemError('unavailable', detail));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
