// Whether a transfer request may come in now, in this order: is there time left for it; can this process
// take it; is there room in flight for its class (that alone notices a slow core); is there a token under
// the ceiling; has its client any left. A refused request takes nothing.
//
// A batch is let in like a single transfer, because what it holds is not known before its body is parsed.
// Then it pays and counts by its transfers, share by share: batch-shares.ts.
import type { Ceiling } from '../../contracts/control.ts';
import { ClientQuotas } from './client-quotas.ts';
import type { ShedReason, TransferCounts } from './counts.ts';
import { Demand, retryAfterSecondsMax } from './demand.ts';
import { InFlightLimit, type InFlightLimitOptions } from './in-flight-limit.ts';
import { Place } from './place.ts';
import { PressureGate } from '../../platform/pressure/gate.ts';
import { Shed } from './shed.ts';
import { TokenBucket, type Rate } from './token-bucket.ts';
import {
  trafficClasses,
  type ByClass,
  type TrafficClass,
} from '../../platform/pressure/traffic-class.ts';

export interface AdmissionOptions {
  readonly ceiling: Ceiling;
  readonly inFlightStart: number;
  readonly inFlightMax: number;
  readonly targetMs: number;
  readonly counts: TransferCounts;
  readonly nowMs: () => number;
  readonly clock: InFlightLimitOptions['clock'];
  /** From 0 to 1. */
  readonly pressure: () => number;
  readonly random: () => number;
}

export interface Asking {
  readonly kind: TrafficClass;
  /** Tenant and subject; undefined while the token is not known. */
  readonly client: string | undefined;
  /** What is left of the caller's time. */
  readonly timeoutMs: number;
}

/** A caller whose token has been verified. */
export interface Known {
  readonly kind: TrafficClass;
  readonly client: string;
}

/** How tokens come into the bucket. */
export interface Pace {
  /** `alone`: the ceiling is this replica's; `shared`: that of all; `own share`: a part of it. */
  readonly state: 'alone' | 'shared' | 'own share';
  /** Replicas that have part in the ceiling. */
  readonly members: number;
  setCeiling(ceiling: Rate): void;
}

/**
 * What a batch costs. The ceiling is of requests, and what the book has to take is bounded in flight, by
 * transfers; so under the default ceiling an import runs at the pace of the book, and nobody passes by a
 * ceiling by sending batches.
 */
export const transfersPerToken = 20;

/** Parts of the burst that a class leaves to those above it. */
const reserveOf: ByClass<number> = { critical: 0, normal: 0.1, bulk: 0.25 };

export class Admission {
  readonly bucket: TokenBucket;
  readonly limit: InFlightLimit;
  readonly quotas: ClientQuotas;
  readonly gate: PressureGate;
  readonly demand: Demand;
  /** Replaced where replicas share a ceiling. */
  pace: Pace;
  #ceiling: Rate;
  readonly #counts: TransferCounts;
  readonly #nowMs: () => number;
  readonly #random: () => number;
  readonly #bodiesAwaited = new Set<Place>();

  constructor(options: AdmissionOptions) {
    const { nowMs, random } = options;
    const { bucket, client } = ratesOf(options.ceiling);
    const alone = new TokenBucket({ ...bucket, nowMs });
    this.bucket = alone;
    this.#ceiling = bucket;
    this.pace = { state: 'alone', members: 1, setCeiling: (rate) => alone.setRate(rate) };
    this.limit = new InFlightLimit({
      start: options.inFlightStart,
      max: options.inFlightMax,
      targetMs: options.targetMs,
      clock: options.clock,
    });
    this.quotas = new ClientQuotas({ rate: client, nowMs, replicas: () => this.pace.members });
    this.gate = new PressureGate(options.pressure);
    this.demand = new Demand({ random });
    this.#counts = options.counts;
    this.#nowMs = nowMs;
    this.#random = random;
  }

  get ceiling(): Rate {
    return this.#ceiling;
  }

  /** From now on. */
  setCeiling(ceiling: Ceiling): void {
    const { bucket, client } = ratesOf(ceiling);
    this.#ceiling = bucket;
    this.pace.setCeiling(bucket);
    this.quotas.setRate(client);
  }

  /** Why a request would be refused now; it takes nothing. */
  refusal({ kind, client, timeoutMs }: Asking): ShedReason | undefined {
    if (timeoutMs <= 0) return 'deadline';
    if (!this.gate.passes(kind)) return 'pressure';
    if (this.limit.full(kind)) return 'inFlight';
    if (this.bucket.available < 1 + this.tokensKept(kind)) return 'rate';
    if (client !== undefined && !this.quotas.allows(client)) return 'quota';
    return undefined;
  }

  /** Counts a refusal. Returns the seconds after which the caller may ask again, `retryAfterSecondsMax` at most. */
  refuse(asking: Asking, reason: ShedReason): number {
    const { kind } = asking;
    this.#offer(kind);
    this.#counts.shed(kind, reason);
    if (reason === 'pressure') this.gate.refused(kind);
    if (reason === 'inFlight') this.limit.wasShort();
    return this.#secondsUntil(asking, reason);
  }

  #secondsUntil({ kind, client }: Pick<Asking, 'kind' | 'client'>, reason: ShedReason): number {
    if (reason !== 'quota') return this.retryAfterSeconds(kind);
    // Its own pace alone decides, and not what others ask for.
    const seconds = this.quotas.remaining(client!).resetSeconds + Math.floor(this.#random() * 2);
    return Math.min(seconds, retryAfterSecondsMax);
  }

  /** @throws Shed */
  admit(asking: Asking): Place {
    const { kind, client } = asking;
    const reason = this.refusal(asking);
    if (reason !== undefined) throw new Shed(reason, this.refuse(asking, reason));
    this.bucket.take();
    if (client !== undefined) this.quotas.take(client);
    this.gate.passed(kind);
    this.#offer(kind);
    return new Place({
      limit: this.limit,
      kind,
      awaited: this.#bodiesAwaited,
      nowMs: this.#nowMs,
      ended: (shed) => {
        if (shed === undefined) this.#counts.served(kind);
        else this.#counts.shed(kind, shed);
      },
    });
  }

  /**
   * Takes the tokens, and what it costs of the client's quota, for as many of `wanted` transfers of a batch
   * as there are whole ones for: what waits for them would else go over one by one. Returns how many.
   */
  takeForBatch({ kind, client }: Known, wanted: number): number {
    const tokens = this.bucket.available - this.tokensKept(kind);
    const whole = Math.floor(Math.min(tokens, this.quotas.available(client)));
    if (whole < 1) return 0;
    const transfers = Math.min(wanted, whole * transfersPerToken);
    this.bucket.take(transfers / transfersPerToken);
    this.quotas.take(client, transfers / transfersPerToken);
    return transfers;
  }

  /** What the caller of an admitted request hears that could not be begun. */
  refusalAfterwards(kind: TrafficClass, reason: 'deadline' | 'queue'): Shed {
    return new Shed(reason, this.retryAfterSeconds(kind));
  }

  /** What the rest of a batch hears whose time was over before there were tokens for it. */
  tokensMissing({ kind, client }: Known): Shed {
    const tokens = this.bucket.available - this.tokensKept(kind);
    const reason = this.quotas.available(client) < tokens ? 'quota' : 'rate';
    return new Shed(reason, this.#secondsUntil({ kind, client }, reason));
  }

  #offer(kind: TrafficClass): void {
    this.demand.offer(kind);
    this.#counts.offered(kind);
  }

  /** Tokens that a class leaves to those above it. */
  tokensKept(kind: TrafficClass): number {
    return Math.floor(this.bucket.burst * reserveOf[kind]);
  }

  retryAfterSeconds(kind: TrafficClass): number {
    const capacity = Math.min(this.#ceiling.perSecond / this.pace.members, this.limit.perSecond);
    return this.demand.retryAfterSeconds(kind, capacity);
  }

  /** The classes that would be refused now for a reason. */
  refusing(reason: 'pressure' | 'inFlight' | 'rate'): TrafficClass[] {
    return trafficClasses.filter((kind) => {
      if (reason === 'pressure') return this.gate.part(kind) < 1;
      if (reason === 'inFlight') return this.limit.full(kind);
      return this.bucket.available < 1 + this.tokensKept(kind);
    });
  }

  /** To be called every `windowMs`. */
  endWindow(): void {
    const nowMs = this.#nowMs();
    for (const place of this.#bodiesAwaited) if (!place.yieldWhenSlow(nowMs)) break;
    this.limit.endWindow();
    this.demand.endWindow();
  }
}

function ratesOf(ceiling: Ceiling): Record<'bucket' | 'client', Rate> {
  return {
    bucket: { perSecond: ceiling.ratePerSecond, burst: ceiling.burst },
    client: { perSecond: ceiling.clientRatePerSecond, burst: ceiling.clientBurst },
  };
}
