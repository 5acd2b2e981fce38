// How the generator itself did: how late it sent, what it cost, and whether its figures can be trusted.
import type { Sockets } from './http/sockets.ts';
import { Latencies, type LatencyFigures } from './latencies.ts';

export interface GeneratorFigures {
  /** From when a request was due to when it was handed to its socket. */
  readonly sendLag: LatencyFigures;
  readonly sendLagMaxMs: number;
  /** CPU seconds of this process in each second of the run. */
  readonly cpu: readonly number[];
  /** In all, with what followed the last whole second. */
  readonly cpuSeconds: number;
  readonly socketsMost: number;
  readonly socketsMax: number;
  /** Requests that were not sent because there was no socket left. */
  readonly withoutSocket: number;
  /** Requests sent again because the server had closed an idle connection meanwhile. */
  readonly resent: number;
}

export class GeneratorGauge {
  readonly #sendLagMaxMs: number;
  readonly #socketsMax: number;
  readonly #lag = new Latencies();
  readonly #cpu: number[] = [];
  readonly #cpuAtStart = process.cpuUsage();
  #cpuBefore = this.#cpuAtStart;
  #cpuSeconds = 0;
  #withoutSocket = 0;

  constructor(options: { readonly sendLagMaxMs: number; readonly socketsMax: number }) {
    this.#sendLagMaxMs = options.sendLagMaxMs;
    this.#socketsMax = options.socketsMax;
  }

  sent(lagMs: number): void {
    this.#lag.record(lagMs);
  }

  ranOut(): void {
    this.#withoutSocket += 1;
  }

  second(): void {
    const { user, system } = process.cpuUsage(this.#cpuBefore);
    this.#cpuBefore = process.cpuUsage();
    this.#cpu.push((user + system) / 1e6);
  }

  end(): void {
    const { user, system } = process.cpuUsage(this.#cpuAtStart);
    this.#cpuSeconds = (user + system) / 1e6;
  }

  figures({ most, resent }: Pick<Sockets, 'most' | 'resent'>): GeneratorFigures {
    return {
      sendLag: this.#lag.figures,
      sendLagMaxMs: this.#sendLagMaxMs,
      cpu: this.#cpu,
      cpuSeconds: this.#cpuSeconds,
      socketsMost: most,
      socketsMax: this.#socketsMax,
      withoutSocket: this.#withoutSocket,
      resent,
    };
  }

  voidBecause(): string[] {
    const reasons: string[] = [];
    const p99Ms = this.#lag.percentileMs(99);
    if (p99Ms > this.#sendLagMaxMs) {
      reasons.push(
        `the generator sent ${p99Ms.toFixed(1)} ms late at p99, and ${this.#sendLagMaxMs} ms is the bound`,
      );
    }
    if (this.#withoutSocket > 0) {
      reasons.push(
        `${this.#withoutSocket} requests were not sent for want of a socket (${this.#socketsMax} at most, and what this machine gives)`,
      );
    }
    return reasons;
  }
}
