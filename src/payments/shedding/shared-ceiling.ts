// One ceiling for all replicas: the tokens are leased from a common bucket, a tenth of a second's worth
// at a time, and the requests take from what is here. When the bucket is away, each replica goes on
// with its own share, the ceiling by the number of replicas last seen, and says so; what all admit
// together is then the ceiling still, as long as none has come or gone meanwhile.
import type { TokenLeases } from '../../engines/token-leases.ts';
import type { Log } from '../../platform/logs.ts';
import type { Pace } from './admission.ts';
import type { Rate, TokenBucket } from './token-bucket.ts';

/** How often a lease is asked for. */
export const leaseEveryMs = 50;
/** What is here lasts for so long at the pace of the last second. */
const stockSeconds = 0.2;
/** Of the burst, by replicas: what an idle replica holds for the first that come. */
const idlePart = 0.5;

/** A start takes a moment to connect; what takes longer is said. */
const failuresAtStart = 20;

export interface SharedCeilingOptions {
  readonly leases: Pick<TokenLeases, 'lease'>;
  readonly bucket: TokenBucket;
  /** Of all replicas together. */
  readonly ceiling: Rate;
  /** Requests in the last second. */
  readonly offeredPerSecond: () => number;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

export class SharedCeiling implements Pace {
  readonly #options: SharedCeilingOptions;
  #ceiling: Rate;
  #members = 1;
  #state: 'shared' | 'own share' = 'own share';
  #asking = false;
  #failures = 0;

  constructor(options: SharedCeilingOptions) {
    this.#options = options;
    this.#ceiling = options.ceiling;
    this.#fallBack();
  }

  get state(): 'shared' | 'own share' {
    return this.#state;
  }

  /** Replicas that share, as last seen. */
  get members(): number {
    return this.#members;
  }

  setCeiling(ceiling: Rate): void {
    this.#ceiling = ceiling;
    if (this.#state === 'own share') this.#fallBack();
    else this.#options.bucket.hold(this.#stockMax);
  }

  /** To be called every `leaseEveryMs`; while an answer is awaited it does nothing. */
  async renew(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const { leases, bucket, log } = this.#options;
    const shared = this.#state === 'shared';
    try {
      // What was admitted as an own share is no part of a lease, and is not given back.
      const stock = shared ? bucket.available : 0;
      const tokens = Math.trunc(this.#wanted - stock);
      const lease = await leases.lease({ ...this.#ceiling, kept: this.#kept, tokens });
      this.#members = Math.max(1, lease.members);
      bucket.hold(this.#stockMax);
      if (!shared) bucket.empty();
      bucket.add(lease.granted);
      if (!shared) log.info({ replicas: this.#members }, 'the ceiling is shared');
      this.#state = 'shared';
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      if (shared || this.#failures === failuresAtStart) {
        const message = 'the shared ceiling cannot be reached: this replica keeps to its own share';
        log.warn({ err: error, replicas: this.#members }, message);
      }
      if (shared) this.#fallBack();
      this.#state = 'own share';
    } finally {
      this.#asking = false;
    }
  }

  get #stockMax(): number {
    return Math.max(1, Math.ceil(this.#ceiling.burst / this.#members));
  }

  /** What is here at rest. */
  get #idle(): number {
    return Math.ceil(Math.max(1, this.#stockMax * idlePart));
  }

  /** So that after a rest all together have the burst, and not what they hold on top of it. */
  get #kept(): number {
    return Math.max(1, this.#ceiling.burst - this.#idle * this.#members);
  }

  get #wanted(): number {
    const busy = this.#options.offeredPerSecond() * stockSeconds;
    return Math.ceil(Math.min(this.#stockMax, Math.max(this.#idle, busy)));
  }

  #fallBack(): void {
    const { perSecond, burst } = this.#ceiling;
    const [share, ofBurst] = [perSecond, burst].map((value) => value / this.#members);
    this.#options.bucket.flow({ perSecond: share!, burst: Math.max(1, ofBurst!) });
  }
}
