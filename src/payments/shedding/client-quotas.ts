// What one client (tenant and subject) may ask for, so that one of them cannot use up what all share. A
// client that has been quiet for long enough has a full bucket, which need not be kept: the table holds
// those who asked lately, and is bounded.
//
// Headers as in draft-ietf-httpapi-ratelimit-headers-11.
import type { Identity } from '../../platform/identity.ts';
import { TokenBucket, type Rate } from './token-bucket.ts';

export interface ClientQuotasOptions {
  /** Of each client; `perSecond` 0: there is no quota. */
  readonly rate: Rate;
  readonly nowMs: () => number;
  readonly clientsMax?: number;
}

/** Names a client; a tenant has no space. */
export function clientOf({ tenant, subject }: Pick<Identity, 'tenant' | 'subject'>): string {
  return `${tenant} ${subject}`;
}

/** `RateLimit-Policy`: so many requests in the seconds in which an empty bucket fills. */
export function policyHeader({ perSecond, burst }: Rate): string {
  return `"client";q=${burst};w=${Math.max(1, Math.ceil(burst / perSecond))}`;
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
  readonly #clientsMax: number;
  /** Whoever took a token last is last. */
  readonly #clients = new Map<string, TokenBucket>();
  #rate: Rate;

  constructor({ rate, nowMs, clientsMax = 10_000 }: ClientQuotasOptions) {
    this.#rate = rate;
    this.#nowMs = nowMs;
    this.#clientsMax = clientsMax;
  }

  get rate(): Rate {
    return this.#rate;
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
    return this.#clients.get(client)?.available ?? this.#rate.burst;
  }

  take(client: string, requests = 1): void {
    if (!this.on) return;
    const bucket = this.#clients.get(client) ?? this.#newBucket();
    bucket.take(requests);
    this.#clients.delete(client);
    this.#clients.set(client, bucket);
  }

  remaining(client: string): Remaining {
    const { perSecond, burst } = this.#rate;
    const tokens = this.available(client);
    const wanted = tokens < 1 ? 1 : burst;
    return {
      requests: Math.floor(tokens),
      resetSeconds: Math.max(1, Math.ceil((wanted - tokens) / perSecond)),
    };
  }

  setRate(rate: Rate): void {
    this.#rate = rate;
    if (!this.on) this.#clients.clear();
    for (const bucket of this.#clients.values()) bucket.setRate(rate);
  }

  /** Room is made by the one that was quiet for longest: its bucket is the fullest, or nearly. */
  #newBucket(): TokenBucket {
    if (this.#clients.size >= this.#clientsMax) {
      this.#clients.delete(this.#clients.keys().next().value!);
    }
    return new TokenBucket({ ...this.#rate, nowMs: this.#nowMs });
  }
}
