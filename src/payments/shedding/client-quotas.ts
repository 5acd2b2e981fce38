// What one client (tenant and subject) may ask for, so that one of them cannot use up what all share. A
// client that has been quiet for long enough has a full bucket, which need not be kept: the table holds
// those who asked lately, and is bounded.
//
// Where replicas share a ceiling each gives a client its part, the quota by their number: all together give it
// no more than its quota, and a client that one replica alone hears has the part of that one.
//
// Headers as in draft-ietf-httpapi-ratelimit-headers-11.
import type { Identity } from '../../platform/identity.ts';
import { TokenBucket, type Rate } from './token-bucket.ts';

export interface ClientQuotasOptions {
  /** Of each client; `perSecond` 0: there is no quota. */
  readonly rate: Rate;
  readonly nowMs: () => number;
  /** That share the quota, as last seen; 1 where each has it alone. */
  readonly replicas?: () => number;
  readonly clientsMax?: number;
}

/** Names a client; a tenant has no space. */
export function clientOf({ tenant, subject }: Pick<Identity, 'tenant' | 'subject'>): string {
  return `${tenant} ${subject}`;
}

/** `RateLimit-Policy`: so many requests in the seconds in which an empty bucket fills. */
export function policyHeader({ perSecond, burst }: Rate): string {
  return `"client";q=${Math.floor(burst)};w=${Math.max(1, Math.ceil(burst / perSecond))}`;
}

/** `RateLimit` */
export function remainingHeader({ requests, resetSeconds }: Remaining): string {
  return `"client";r=${requests};t=${resetSeconds}`;
}

export interface Remaining {
  /** Requests that the client may send now. */
  readonly requests: number;
  /** Seconds until there is one, or where there are some, until all are back. */
  readonly resetSeconds: number;
}

export class ClientQuotas {
  readonly #nowMs: () => number;
  readonly #replicas: () => number;
  readonly #clientsMax: number;
  /** Whoever took a token last is last. */
  readonly #clients = new Map<string, TokenBucket>();
  #rate: Rate;
  #share: Rate;
  #shareOf = 1;

  constructor({ rate, nowMs, replicas = () => 1, clientsMax = 10_000 }: ClientQuotasOptions) {
    this.#replicas = replicas;
    this.#rate = rate;
    this.#share = rate;
    this.#nowMs = nowMs;
    this.#clientsMax = clientsMax;
  }

  get rate(): Rate {
    return this.#rate;
  }

  /** What a client has of its quota at this replica; one request it always has. The same object until it changes. */
  get share(): Rate {
    const replicas = this.#replicas();
    if (replicas !== this.#shareOf) this.#divide(replicas);
    return this.#share;
  }

  get on(): boolean {
    return this.#rate.perSecond > 0;
  }

  /** Clients in the table. */
  get size(): number {
    return this.#clients.size;
  }

  /** Clients that have nothing left now. */
  get exhausted(): number {
    return [...this.#clients.values()].filter(({ available }) => available < 1).length;
  }

  /** Takes nothing: a look. */
  allows(client: string): boolean {
    return this.available(client) >= 1;
  }

  /** Whole and partial requests that the client may send now. */
  available(client: string): number {
    if (!this.on) return Number.POSITIVE_INFINITY;
    return this.#bucketOf(client)?.available ?? this.share.burst;
  }

  take(client: string, requests = 1): void {
    if (!this.on) return;
    const bucket = this.#bucketOf(client) ?? this.#newBucket();
    bucket.take(requests);
    this.#clients.delete(client);
    this.#clients.set(client, bucket);
  }

  remaining(client: string): Remaining {
    const { perSecond, burst } = this.share;
    const tokens = this.available(client);
    const wanted = tokens < 1 ? 1 : burst;
    return {
      requests: Math.floor(tokens),
      resetSeconds: Math.max(1, Math.ceil((wanted - tokens) / perSecond)),
    };
  }

  setRate(rate: Rate): void {
    this.#rate = rate;
    this.#divide(this.#replicas());
    if (!this.on) this.#clients.clear();
  }

  #divide(replicas: number): void {
    const { perSecond, burst } = this.#rate;
    this.#shareOf = replicas;
    this.#share = { perSecond: perSecond / replicas, burst: Math.max(1, burst / replicas) };
  }

  /** With the part that it has now. */
  #bucketOf(client: string): TokenBucket | undefined {
    const bucket = this.#clients.get(client);
    const { perSecond, burst } = this.share;
    if (bucket !== undefined && (bucket.perSecond !== perSecond || bucket.burst !== burst)) {
      bucket.setRate({ perSecond, burst });
    }
    return bucket;
  }

  /** Room is made by the one that was quiet for longest: its bucket is the fullest, or nearly. */
  #newBucket(): TokenBucket {
    if (this.#clients.size >= this.#clientsMax) {
      this.#clients.delete(this.#clients.keys().next().value!);
    }
    return new TokenBucket({ ...this.share, nowMs: this.#nowMs });
  }
}
