// What stands before a dependency, or before one use of it: a bulkhead, a breaker and a time. A call
// that would wait in vain is refused at once, and can be sent again.
import { ProblemError } from '../../contracts/problems.ts';
import { Breaker, type Attempt } from './breaker.ts';
import { Bulkhead, type Leave } from './bulkhead.ts';
import { oncePassed } from '../pressure/once-passed.ts';

export interface GuardOptions {
  /** In metrics and logs. */
  readonly name: string;
  readonly limits: GuardLimits;
  /** In the words of a refusal: "the book". */
  readonly of: string;
  /** The dependency is away or too slow, and not the call wrong. */
  readonly isFailure: (error: unknown) => boolean;
  /** Where it stands still with this process, a pause takes nothing from anybody's time. */
  readonly nowMs?: () => number;
  /** Between 0 and 1, as Math.random. */
  readonly random?: () => number;
}

export interface GuardLimits {
  readonly atOnceMax: number;
  readonly waitingMax: number;
  /** Of a call, its wait for a place included, which ends half-way: later it would begin in vain. */
  readonly timeoutMs: number;
  readonly failuresMax: number;
  readonly openMs: number;
}

/**
 * Why a call was refused. `open`: by the breaker. `stuck`: calls that are over their time hold all
 * places. `full`: no room to wait. `waited`: no place came in time.
 */
export type GuardRefusal = 'open' | 'stuck' | 'full' | 'waited';

const probesMax = 1;
const retryAfterSecondsMax = 4;

export class Guard {
  readonly name: string;
  readonly breaker: Breaker;
  readonly bulkhead: Bulkhead;
  readonly refused: Record<GuardRefusal, number> = { open: 0, stuck: 0, full: 0, waited: 0 };
  onRefuse: (reason: GuardRefusal) => void = () => {};
  readonly #options: GuardOptions;
  readonly #nowMs: () => number;
  readonly #random: () => number;
  /** Calls that nobody waits for any longer. */
  dropped = 0;
  /** Calls that have timed out or were dropped, and hold their place, as they go on over there. */
  #overdue = 0;

  constructor(options: GuardOptions) {
    const { name, limits, nowMs = () => performance.now(), random = Math.random } = options;
    this.name = name;
    this.#options = options;
    this.#nowMs = nowMs;
    this.#random = random;
    this.breaker = new Breaker({ ...limits, probesMax, nowMs });
    this.bulkhead = new Bulkhead({ ...limits, nowMs });
  }

  /** The longest that a call waits for a place. */
  get waitMsMax(): number {
    return this.#options.limits.timeoutMs / 2;
  }

  /**
   * @throws ProblemError `overloaded` without a place for it, `unavailable` when the dependency is away
   *   or does not answer in time; the reason of `caller`; and what `call` throws.
   * @param call is told when its time is over; it holds its place until it has ended
   * @param caller aborted when he no longer waits
   */
  async run<T>(call: (signal: AbortSignal) => Promise<T>, caller?: AbortSignal): Promise<T> {
    caller?.throwIfAborted();
    const endsAtMs = this.#nowMs() + this.#options.limits.timeoutMs;
    const { leave, attempt } = await this.#enter(caller);
    const ending = new AbortController();
    const answer = begin(() => call(ending.signal)).finally(leave);
    try {
      const value = await this.#within(endsAtMs - this.#nowMs(), answer, caller);
      attempt.succeeded();
      return value;
    } catch (error) {
      const gone = caller !== undefined && hasGone(caller);
      const tooSlow = error instanceof TooSlow;
      if (gone || tooSlow) {
        this.#keepPlace(answer);
        ending.abort();
      }
      if (gone) {
        attempt.dropped();
        throw this.#drop(caller);
      }
      if (!tooSlow && !this.#options.isFailure(error)) {
        attempt.succeeded();
        throw error;
      }
      attempt.failed();
      throw this.#unavailable(error);
    }
  }

  async #enter(caller: AbortSignal | undefined): Promise<{ leave: Leave; attempt: Attempt }> {
    if (this.breaker.refuses) throw this.#refuse('open');
    if (this.#overdue >= this.bulkhead.atOnceMax) throw this.#refuse('stuck');
    if (this.bulkhead.full) throw this.#refuse('full');
    const leave = this.bulkhead.tryEnter() ?? (await this.bulkhead.enter(this.waitMsMax, caller));
    if (caller !== undefined && hasGone(caller)) {
      leave?.();
      throw this.#drop(caller);
    }
    if (leave === undefined) throw this.#refuse('waited');
    const attempt = this.breaker.enter();
    if (attempt !== undefined) return { leave, attempt };
    leave();
    throw this.#refuse('open');
  }

  #within<T>(timeoutMs: number, answer: Promise<T>, caller: AbortSignal | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new TooSlow('No answer in time'));
      const stop = oncePassed(this.#nowMs, timeoutMs, late);
      const gone = () => reject(caller!.reason as Error);
      caller?.addEventListener('abort', gone);
      answer.then(resolve, reject).finally(() => {
        stop();
        caller?.removeEventListener('abort', gone);
      });
    });
  }

  #drop({ reason }: AbortSignal): unknown {
    this.dropped += 1;
    return reason;
  }

  #keepPlace(answer: Promise<unknown>): void {
    this.#overdue += 1;
    const ended = () => {
      this.#overdue -= 1;
    };
    answer.then(ended, ended);
  }

  #refuse(reason: GuardRefusal): ProblemError {
    this.refused[reason] += 1;
    this.onRefuse(reason);
    if (reason === 'open' || reason === 'stuck') return this.#unavailable();
    return new ProblemError('overloaded', `Too many calls wait for ${this.#options.of}.`, {
      retryAfterSeconds: spreadSeconds(this.#random),
    });
  }

  #unavailable(cause?: unknown): ProblemError {
    const detail = `${capital(this.#options.of)} cannot be reached; try again.`;
    const error = new ProblemError('unavailable', detail, {
      retryAfterSeconds: spreadSeconds(this.#random),
    });
    if (cause !== undefined) error.cause = cause;
    return error;
  }
}

/** For Retry-After: spread, since those who are all told the same come back all at once. */
export function spreadSeconds(random: () => number): number {
  return 1 + Math.floor(random() * retryAfterSecondsMax);
}

/** Also what it throws before its first await ends the call. */
async function begin<T>(call: () => Promise<T>): Promise<T> {
  return call();
}

function hasGone({ aborted }: AbortSignal): boolean {
  return aborted;
}

class TooSlow extends Error {}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
