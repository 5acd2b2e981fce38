// Whether this process is at its own limits: its event loop has no time left, its memory is nearly
// used up, or a queue that it feeds does not get shorter. A single look may meet a garbage collection or a
// burst; only what stays over its limit counts, and then the degree rises, and falls again, by steps.
import { getHeapStatistics } from 'node:v8';

/** `endWindow` is to be called this often. */
export const windowMs = 250;
/** A signal must be over its limit for so many windows before anything follows from it. */
export const sustainedWindows = 4;
/** What one window more or less changes. */
const step = 0.1;

export interface Signal {
  readonly limit: number;
  /** Called once a window. */
  readonly read: () => number;
}

export interface SignalState {
  readonly value: number;
  readonly limit: number;
  readonly over: boolean;
}

export class Pressure<Name extends string> {
  readonly #signals: Readonly<Record<Name, Signal>>;
  #states: Record<Name, SignalState>;
  #windowsOver = 0;
  /** In tenths, so that steps add up. */
  #steps = 0;

  constructor(signals: Readonly<Record<Name, Signal>>) {
    this.#signals = signals;
    this.#states = this.#read(() => 0);
  }

  /** 0: none; 1: all that there is. */
  get degree(): number {
    return this.#steps * step;
  }

  /** As of the last window. */
  get states(): Readonly<Record<Name, SignalState>> {
    return this.#states;
  }

  /** To be called every `windowMs`. */
  endWindow(): void {
    this.#states = this.#read(({ read }) => read());
    const over = Object.values<SignalState>(this.#states).some((state) => state.over);
    this.#windowsOver = over ? this.#windowsOver + 1 : 0;
    if (!over) this.#steps = Math.max(0, this.#steps - 1);
    else if (this.#windowsOver >= sustainedWindows) this.#steps = Math.min(10, this.#steps + 1);
  }

  #read(valueOf: (signal: Signal) => number): Record<Name, SignalState> {
    const states = Object.entries<Signal>(this.#signals).map(([name, signal]) => {
      const value = valueOf(signal);
      return [name, { value, limit: signal.limit, over: value >= signal.limit }];
    });
    return Object.fromEntries(states) as Record<Name, SignalState>;
  }
}

/** The part of the memory that is used: of the heap or of the container, whichever is fuller. */
export function memoryUsed(): number {
  const { used_heap_size: used, heap_size_limit: heap } = getHeapStatistics();
  // 0 or astronomical where there is no container.
  const container = process.constrainedMemory();
  const resident = container > 0 ? process.memoryUsage.rss() / container : 0;
  return Math.max(used / heap, resident);
}

/**
 * How late the loop is, in milliseconds: the mean of a window's ticks. `tick` is to be called every
 * `everyMs`; `read` ends a window.
 */
export class LoopLag {
  readonly #everyMs: number;
  readonly #nowMs: () => number;
  #tickedAtMs: number;
  #lateMs = 0;
  #ticks = 0;

  constructor({ everyMs, nowMs }: { readonly everyMs: number; readonly nowMs: () => number }) {
    this.#everyMs = everyMs;
    this.#nowMs = nowMs;
    this.#tickedAtMs = nowMs();
  }

  tick(): void {
    const nowMs = this.#nowMs();
    this.#lateMs += Math.max(0, nowMs - this.#tickedAtMs - this.#everyMs);
    this.#tickedAtMs = nowMs;
    this.#ticks += 1;
  }

  read(): number {
    const meanMs = this.#ticks === 0 ? 0 : this.#lateMs / this.#ticks;
    this.#lateMs = 0;
    this.#ticks = 0;
    return meanMs;
  }
}
