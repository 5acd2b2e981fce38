// A process behind this one: its connections, which are kept, and how much may be under way to it.
import { Pool } from 'undici';
import { ProblemError } from '../../contracts/problems.ts';

const connectTimeoutMs = 1_000;

export interface UpstreamLimits {
  /** Connections at once; null: as many as there are requests under way. */
  readonly connectionsMax: number | null;
  readonly requestsMax: number;
  /** Longest silence before and within an answer. */
  readonly silenceMs: number;
}

/** Longer than a role's own limits, so that its answer is the one that is seen. */
export const apiLimits: UpstreamLimits = {
  connectionsMax: 256,
  requestsMax: 4_096,
  silenceMs: 35_000,
};

/** Every poll (100 s) and event stream holds a connection. */
export const streamLimits: UpstreamLimits = {
  connectionsMax: null,
  requestsMax: 20_000,
  silenceMs: 150_000,
};

export class Upstream implements AsyncDisposable {
  readonly name: string;
  readonly origin: string;
  /** Of the base URL, without a slash at the end. */
  readonly basePath: string;
  readonly pool: Pool;
  readonly #requestsMax: number;
  #requests = 0;

  constructor(name: string, url: string, limits: UpstreamLimits) {
    const { origin, pathname } = new URL(url);
    this.name = name;
    this.origin = origin;
    this.basePath = pathname.replace(/\/$/, '');
    this.#requestsMax = limits.requestsMax;
    this.pool = new Pool(origin, {
      connections: limits.connectionsMax,
      connect: { timeout: connectTimeoutMs },
      headersTimeout: limits.silenceMs,
      bodyTimeout: limits.silenceMs,
    });
  }

  get requests(): number {
    return this.#requests;
  }

  /** Counts a request until the returned function is called. @throws ProblemError `overloaded`. */
  enter(): () => void {
    if (this.#requests >= this.#requestsMax) {
      const detail = `Too many requests to the ${this.name} role are under way.`;
      throw new ProblemError('overloaded', detail, { retryAfterSeconds: 2 });
    }
    this.#requests += 1;
    return () => {
      this.#requests -= 1;
    };
  }

  async isLive(): Promise<boolean> {
    const path = `${this.basePath}/health/live`;
    const { statusCode, body } = await this.pool.request({ method: 'GET', path });
    await body.dump();
    return statusCode === 200;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.destroy();
  }
}
