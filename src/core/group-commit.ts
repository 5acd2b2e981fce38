// Group commit without a timer: while all connections are busy, groups queue; the connection that
// frees takes what has queued. Alone, a transfer waits for nobody; under load, one fsync serves hundreds.
import { v7 as uuidv7 } from 'uuid';
import { ProblemError } from '../contracts/problems.ts';
import type { Balance } from '../contracts/balances.ts';
import { expired, type TransferOutcome, type TransferRequest } from '../contracts/transfers.ts';
import { isConnectionFailure } from '../engines/database.ts';
import { BatchShare } from '../platform/batch-share.ts';
import { fingerprintOf } from './fingerprint.ts';
import { StruckOff, type PostedBatch } from './post-batch.ts';
import type { Submission } from './rules.ts';

const retryPauseMs = 50;
/** Longest that a batch is tried again while the database is away; then its outcome is unknown. */
const retryForMs = 8_000;
/** A twin key committed by another core between our look and our insert; the next look sees it. */
const conflictRetriesMax = 5;

export interface GroupCommitOptions {
  /** Transactions at once. */
  readonly connectionsMax: number;
  /** Transfers in one transaction; a larger group still goes whole, alone. */
  readonly batchMax: number;
  /** Transfers that may wait. */
  readonly queueMax: number;
  postBatch(submissions: readonly Submission[]): Promise<PostedBatch>;
  /** Makes balances visible to readers; awaited before the acknowledgement. */
  publish(balances: readonly Balance[]): Promise<void>;
  /** A batch was committed: there is something to relay. */
  committed(transfers: number, tookMs: number): void;
  /** No reader is answered older than this batch any more; times of day. */
  visible?(outcomes: readonly TransferOutcome[], committedAtMs: number, visibleAtMs: number): void;
  struckOff(): void;
  /** The clock of deadlines, and of what a batch took. */
  readonly nowMs?: () => number;
}

export interface GroupCommit {
  post(requests: readonly TransferRequest[]): Promise<TransferOutcome[]>;
  readonly queued: number;
  readonly running: number;
  /** How long what waits for a connection will wait, in milliseconds; 0 while one is free. */
  readonly waitMs: number;
  /** Refuses new groups and resolves when the accepted ones are answered. */
  drain(): Promise<void>;
}

interface Group {
  readonly submissions: readonly Submission[];
  resolve(outcomes: TransferOutcome[]): void;
  reject(error: unknown): void;
}

export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { connectionsMax, batchMax, queueMax, publish, committed, struckOff } = options;
  const nowMs = options.nowMs ?? (() => performance.now());
  const share = new BatchShare({ atOnceMax: connectionsMax, max: batchMax });
  const queue: Group[] = [];
  /** Of failed batches; they came first, and each goes alone. */
  const again: Group[] = [];
  const drained = Promise.withResolvers<void>();
  let queued = 0;
  let open = 0;
  let running = 0;
  let scheduled = false;
  let draining = false;

  const waits = () => again.length + queue.length > 0;

  function schedule(): void {
    if (scheduled || running >= connectionsMax || !waits()) return;
    scheduled = true;
    // After the I/O of this turn, so that requests that arrived together are committed together.
    setImmediate(() => {
      scheduled = false;
      if (running < connectionsMax && waits()) void run(take());
      schedule();
    });
  }

  function take(): Group[] {
    const alone = again.shift();
    if (alone !== undefined) {
      queued -= alone.submissions.length;
      return [alone];
    }
    const max = share.next(queued);
    let transfers = 0;
    let groups = 0;
    for (const { submissions } of queue) {
      if (groups > 0 && transfers + submissions.length > max) break;
      transfers += submissions.length;
      groups += 1;
    }
    queued -= transfers;
    return queue.splice(0, groups);
  }

  async function run(groups: Group[]): Promise<void> {
    // Now, and not when they came: what nobody waits for any longer would hold up what somebody does.
    const late = lateAt(nowMs());
    const wanted = groups.flatMap(({ submissions }) => submissions).filter((one) => !late(one));
    if (wanted.length === 0) {
      for (const { submissions, resolve } of groups) resolve(submissions.map(() => expired));
      schedule();
      return;
    }
    const startedAtMs = nowMs();
    running += 1;
    share.began(wanted.length);
    let posted: PostedBatch;
    let tookMs: number;
    try {
      posted = await withRetries(() => options.postBatch(wanted));
    } catch (error) {
      return failed(groups, error);
    } finally {
      tookMs = nowMs() - startedAtMs;
      running -= 1;
      share.ended(wanted.length, tookMs);
      schedule();
    }
    committed(posted.outcomes.length, tookMs);
    const committedAtMs = Date.now();
    await publish(posted.balances);
    options.visible?.(posted.outcomes, committedAtMs, Date.now());
    let next = 0;
    for (const { submissions, resolve } of groups) {
      resolve(submissions.map((one) => (late(one) ? expired : posted.outcomes[next++]!)));
    }
  }

  /** One bad group may not take the others with it: they are tried again, each alone, as connections free. */
  function failed(groups: Group[], error: unknown): void {
    if (error instanceof StruckOff) struckOff();
    if (groups.length > 1 && !(error instanceof StruckOff) && !isConnectionFailure(error)) {
      again.push(...groups);
      for (const { submissions } of groups) queued += submissions.length;
      return;
    }
    const answer =
      error instanceof StruckOff || isConnectionFailure(error) || isConflict(error)
        ? new ProblemError('unavailable', 'The book cannot be reached; retry with the same key.')
        : error;
    for (const { reject } of groups) reject(answer);
  }

  return {
    get queued() {
      return queued;
    },
    get running() {
      return running;
    },
    get waitMs() {
      return running < connectionsMax ? 0 : share.waitMs(queued);
    },
    async post(requests) {
      if (requests.length === 0) return [];
      if (draining) throw new ProblemError('unavailable', 'The core is stopping; retry.');
      if (queued + requests.length > queueMax) {
        throw new ProblemError('overloaded', 'The queue of the core is full.', {
          retryAfterSeconds: 1,
        });
      }
      const submissions = requests.map((request) => ({
        request,
        entryId: uuidv7(),
        fingerprint: fingerprintOf(request),
      }));
      open += 1;
      try {
        return await new Promise<TransferOutcome[]>((resolve, reject) => {
          queue.push({ submissions, resolve, reject });
          queued += submissions.length;
          schedule();
        });
      } finally {
        open -= 1;
        if (draining && open === 0) drained.resolve();
      }
    },
    async drain() {
      draining = true;
      if (open > 0) await drained.promise;
    },
  };
}

/** Whether a submission's deadline had passed then. */
function lateAt(nowMs: number): (submission: Submission) => boolean {
  return ({ request: { deadlineMs } }) => deadlineMs !== undefined && deadlineMs <= nowMs;
}

/**
 * Tries a batch until the database has answered. Safe because a submission keeps its entry id: one
 * that was committed without our hearing of it is found by its key, and is not posted again.
 */
async function withRetries(post: () => Promise<PostedBatch>): Promise<PostedBatch> {
  const giveUpAt = performance.now() + retryForMs;
  let conflicts = 0;
  for (;;) {
    try {
      return await post();
    } catch (error) {
      const away = isConnectionFailure(error);
      if (!away && (!isConflict(error) || ++conflicts > conflictRetriesMax)) throw error;
      if (away && performance.now() > giveUpAt) throw error;
      if (away) await new Promise((resolve) => setTimeout(resolve, retryPauseMs));
    }
  }
}

/** unique_violation, deadlock_detected, serialization_failure */
function isConflict(error: unknown): boolean {
  return ['23505', '40P01', '40001'].includes((error as { code?: string }).code ?? '');
}
