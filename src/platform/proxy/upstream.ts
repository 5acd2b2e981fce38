// A process behind this one, with a wall around what is under way to it: so many requests, each on a
// connection of its own, which is kept. With fewer connections requests would wait here, unseen by the role,
// whose limits know what to let in and answer the rest at once. A role that is away or hangs is found out and
// asked for nothing more until it lives again, so that it keeps neither sockets nor memory from the others.
//
// A hanging process is told from one whose answers take their time by asking whether it lives, on a
// connection for that alone. The same question is the probe of the half-open breaker: no customer's
// request is spent on it.
import { Pool, type Dispatcher } from 'undici';
import { ProblemError } from '../../contracts/problems.ts';
import { Breaker, type Attempt } from '../guards/breaker.ts';
import { Bulkhead } from '../guards/bulkhead.ts';
import { spreadSeconds, type GuardRefusal } from '../guards/guard.ts';
import type { Guarded, Guards } from '../guards/guards.ts';
import { Room } from '../pressure/room.ts';
import { RetryBudget } from '../guards/retry-budget.ts';

const connectTimeoutMs = 1_000;
const failuresMax = 5;
const openMs = 500;
const lookEveryMs = 250;
/** Looks at which it owes answers and has said nothing: is it alive? A pause of this process is one look. */
const suspectLooks = 4;
/** Looks that it has to say so. */
const liveWithinLooks = 4;
/** For whoever asks how it is. */
const healthWithinMs = 1_000;

export interface UpstreamLimits {
  readonly requestsMax: number;
  /** Longest silence before and within an answer. */
  readonly silenceMs: number;
}

/**
 * The limit does not follow the latency of the role: that has such a limit itself, knows the class of each
 * request, and answers at once beyond it. This one bounds what a role that does not answer can hold here, and
 * moves only where this process is short of processor or memory itself (see `Room`). Its silence is longer
 * than a role's own limits, so that its answer is the one that is seen.
 */
export const apiLimits: UpstreamLimits = {
  requestsMax: 4_096,
  silenceMs: 35_000,
};

/** Every poll (100 s) and event stream holds a connection. */
export const streamLimits: UpstreamLimits = {
  requestsMax: 20_000,
  silenceMs: 150_000,
};

export interface UpstreamOptions {
  /** In metrics, logs and the words of a refusal: the role. */
  readonly name: string;
  /** Base URL. */
  readonly url: string;
  readonly limits: UpstreamLimits;
  readonly guards: Guards;
  /** How long an answer should take where this process itself is what is slow; without it the limit stays. */
  readonly targetMs?: number;
}

/** A request under way to an upstream. */
export interface Passage extends Omit<Attempt, 'dropped'> {
  /** It is over, or its caller has gone. */
  leave(): void;
}

export class Upstream implements Guarded, AsyncDisposable {
  readonly name: string;
  readonly origin: string;
  /** Of the base URL, without a slash at the end. */
  readonly basePath: string;
  readonly breaker: Breaker;
  readonly bulkhead: Bulkhead;
  /** Requests and sockets that went on, since the start. */
  passed = 0;
  readonly refused: Record<GuardRefusal, number> = { open: 0, stuck: 0, full: 0, waited: 0 };
  onRefuse: (reason: GuardRefusal) => void = () => {};
  readonly retries: RetryBudget;
  readonly #guards: Guards;
  readonly #limits: UpstreamLimits;
  readonly #room: Room | undefined;
  #pool: Pool;
  /** Pools from before it fell silent, with what was under way then. */
  readonly #silent = new Set<Pool>();
  readonly #lookout: Pool;
  readonly #looking: NodeJS.Timeout;
  /** Requests whose answer has not begun. */
  #owed = 0;
  /** Looks since it owes one and has said nothing. */
  #silentLooks = 0;
  /** The question that is under way, and how many looks ago it was put. */
  #asked: { readonly late: AbortController; looks: number } | undefined;

  constructor({ name, url, limits, guards, targetMs }: UpstreamOptions) {
    const { origin, pathname } = new URL(url);
    this.name = name;
    this.origin = origin;
    this.basePath = pathname.replace(/\/$/, '');
    this.#limits = limits;
    this.#pool = this.#open();
    this.#lookout = new Pool(origin, { connections: 1, connect: { timeout: connectTimeoutMs } });
    this.breaker = new Breaker({
      failuresMax,
      openMs,
      probesMax: 1,
      nowMs: () => performance.now(),
    });
    this.bulkhead = new Bulkhead({ atOnceMax: limits.requestsMax, waitingMax: 0 });
    this.#room =
      targetMs === undefined
        ? undefined
        : new Room({ max: limits.requestsMax, targetMs, nowMs: () => performance.now() });
    this.retries = guards.addBudget(new RetryBudget({ name, savedMax: limits.requestsMax }));
    this.#guards = guards;
    guards.add(this);
    this.#looking = setInterval(() => this.#look(), lookEveryMs).unref();
  }

  get pool(): Dispatcher {
    return this.#pool;
  }

  get requests(): number {
    return this.bulkhead.running;
  }

  /** To be called every `windowMs`. @param short this process is, of processor or memory */
  endWindow(short: boolean): void {
    if (this.#room === undefined) return;
    this.#room.endWindow(short);
    this.bulkhead.atOnceMax = this.#room.size;
  }

  /**
   * @param always for operators, who look because there is no room
   * @throws ProblemError `overloaded`, `unavailable` with the time to try again.
   */
  enter(always = false): Passage {
    if (this.breaker.state !== 'closed') throw this.refuse('open');
    const leave = this.bulkhead.tryEnter(always ? this.#limits.requestsMax : undefined);
    if (leave === undefined) throw this.refuse('full');
    this.#room?.entered();
    this.passed += 1;
    if (this.#owed === 0) this.#silentLooks = 0;
    this.#owed += 1;
    let owed = true;
    const settled = () => {
      if (owed) this.#owed -= 1;
      owed = false;
    };
    const attempt = this.breaker.enter()!;
    return {
      succeeded: () => {
        settled();
        this.#silentLooks = 0;
        attempt.succeeded();
      },
      failed: () => {
        settled();
        attempt.failed();
      },
      leave: () => {
        settled();
        attempt.dropped();
        leave();
        this.#room?.left();
      },
    };
  }

  /** Counts a refusal and words it. */
  refuse(reason: 'open' | 'full'): ProblemError {
    this.countRefused(reason);
    if (reason === 'open') return this.unavailable();
    return new ProblemError('overloaded', this.fullDetail, retryLater());
  }

  countRefused(reason: 'open' | 'full'): void {
    this.refused[reason] += 1;
    this.onRefuse(reason);
  }

  get fullDetail(): string {
    return `Too many requests to the ${this.name} role are under way.`;
  }

  unavailable(): ProblemError {
    const detail = `The ${this.name} role cannot be reached or did not answer.`;
    return new ProblemError('unavailable', detail, retryLater());
  }

  isLive(): Promise<boolean> {
    return this.#says('/health/live', AbortSignal.timeout(healthWithinMs));
  }

  /** Whether its engines answer too. */
  isReady(): Promise<boolean> {
    return this.#says('/health/ready', AbortSignal.timeout(healthWithinMs));
  }

  async #says(path: string, signal: AbortSignal): Promise<boolean> {
    const { statusCode, body } = await this.#lookout.request({
      method: 'GET',
      path: this.basePath + path,
      signal,
    });
    await body.dump();
    return statusCode === 200;
  }

  #look(): void {
    if (this.#asked !== undefined) {
      this.#asked.looks += 1;
      if (this.#asked.looks >= liveWithinLooks) this.#asked.late.abort();
      return;
    }
    const { breaker } = this;
    if (this.#owed > 0) this.#silentLooks += 1;
    const suspect = breaker.state === 'closed' && this.#silentLooks >= suspectLooks;
    const probe = breaker.state === 'half_open' ? breaker.enter() : undefined;
    if (suspect || probe !== undefined) void this.#ask(probe);
  }

  /** Puts the question to it that it answers while it lives, whatever else it is doing. */
  async #ask(probe: Attempt | undefined): Promise<void> {
    // Twice: it may have closed the kept connection just then.
    const live = (await this.#answers()) || (await this.#answers());
    this.#silentLooks = 0;
    if (probe !== undefined) probe[live ? 'succeeded' : 'failed']();
    else if (!live) this.#giveUp();
  }

  async #answers(): Promise<boolean> {
    const late = new AbortController();
    this.#asked = { late, looks: 0 };
    const live = await this.#says('/health/live', late.signal).catch(() => false);
    this.#asked = undefined;
    return live;
  }

  /** What is under way may still be answered; what comes later must not wait behind it. */
  #giveUp(): void {
    this.breaker.trip();
    const silent = this.#pool;
    this.#pool = this.#open();
    this.#silent.add(silent);
    void silent
      .close()
      .catch(() => {})
      .finally(() => this.#silent.delete(silent));
  }

  #open(): Pool {
    const { silenceMs } = this.#limits;
    return new Pool(this.origin, {
      connect: { timeout: connectTimeoutMs },
      headersTimeout: silenceMs,
      bodyTimeout: silenceMs,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#looking);
    this.#guards.remove(this);
    this.#guards.remove(this.retries);
    const pools = [this.#pool, this.#lookout, ...this.#silent];
    await Promise.all(pools.map((pool) => pool.destroy()));
  }
}

function retryLater() {
  return { retryAfterSeconds: spreadSeconds(Math.random) };
}
