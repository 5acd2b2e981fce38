// Whether a transfer request may come in now. The in-flight limit stands first: it alone notices a
// slow core. Then the token bucket, which bounds the rate. A refused request takes no token.
//
// Both count requests: a batch takes one place and one token like a single transfer, because what it
// holds is not known before its body is parsed. A batch's size is bounded by its body instead.
import { ProblemError } from '../contracts/problems.ts';
import type { ShedReason, TransferClass, TransferCounts } from './counts.ts';
import { Demand } from './demand.ts';
import { InFlightLimit } from './in-flight-limit.ts';
import { Place } from './place.ts';
import { TokenBucket } from './token-bucket.ts';

export interface AdmissionOptions {
  readonly ratePerSecond: number;
  readonly burst: number;
  readonly inFlightStart: number;
  readonly inFlightMax: number;
  readonly targetMs: number;
  readonly counts: TransferCounts;
  readonly nowMs: () => number;
  readonly random: () => number;
}

/** `endWindow` is to be called this often. */
export const windowMs = 250;

export class Admission {
  readonly bucket: TokenBucket;
  readonly limit: InFlightLimit;
  readonly demand: Demand;
  readonly #counts: TransferCounts;
  readonly #nowMs: () => number;
  readonly #bodiesAwaited = new Set<Place>();

  constructor(options: AdmissionOptions) {
    const { nowMs, random } = options;
    this.bucket = new TokenBucket({
      perSecond: options.ratePerSecond,
      burst: options.burst,
      nowMs,
    });
    this.limit = new InFlightLimit({
      start: options.inFlightStart,
      max: options.inFlightMax,
      targetMs: options.targetMs,
      nowMs,
    });
    this.demand = new Demand({ random });
    this.#counts = options.counts;
    this.#nowMs = nowMs;
  }

  /** Why a request would be refused now; it takes nothing. */
  get refusal(): ShedReason | undefined {
    if (this.limit.full) return 'inFlight';
    if (this.bucket.available < 1) return 'rate';
    return undefined;
  }

  /** Counts a refusal. Returns the seconds after which the caller may ask again. */
  refuse(kind: TransferClass, reason: ShedReason): number {
    this.demand.offer();
    this.#counts.shed(kind, reason);
    return this.retryAfterSeconds();
  }

  /** @throws ProblemError `overloaded`. */
  admit(kind: TransferClass): Place {
    const reason = this.refusal;
    if (reason !== undefined) throw overloaded(this.refuse(kind, reason));
    this.bucket.take();
    this.demand.offer();
    this.#counts.admitted(kind);
    return new Place({ limit: this.limit, awaited: this.#bodiesAwaited, nowMs: this.#nowMs });
  }

  retryAfterSeconds(): number {
    return this.demand.retryAfterSeconds(Math.min(this.bucket.perSecond, this.limit.perSecond));
  }

  endWindow(): void {
    const nowMs = this.#nowMs();
    for (const place of this.#bodiesAwaited) if (!place.yieldWhenSlow(nowMs)) break;
    this.limit.endWindow();
    this.demand.endWindow();
  }
}

export function overloaded(retryAfterSeconds: number): ProblemError {
  return new ProblemError('overloaded', overloadedDetail, { retryAfterSeconds });
}

export const overloadedDetail = 'Too much is under way. Try again after the time in Retry-After.';
