// How much a process may hold at once that is short of processor or memory itself. While it is not, how long
// its work takes is the doing of those it waits for, who have limits of their own; then the room grows, up to
// its maximum. While it is, and its work takes longer than it should, the room shrinks by Little's law: to what
// is completed in a second × the time that this should take, plus one so that it can grow. So a starved process
// works on what it can still answer in time, and the rest is told at once.

/** Below this a few slow ones would keep all others out. */
const roomMin = 8;
/** What a window in which nothing was short adds. */
const growth = 1.5;
/** What is judged at once: in a single window one collection would be half of the time. */
const windowsJudged = 4;

export interface RoomOptions {
  readonly max: number;
  readonly targetMs: number;
  /** Monotonic; it does not stand still. */
  readonly nowMs: () => number;
}

export class Room {
  readonly #max: number;
  readonly #targetMs: number;
  readonly #nowMs: () => number;
  #size: number;
  #held = 0;
  /** The last ones; the newest is under way. */
  readonly #windows: Window[] = [{ ms: 0, heldMs: 0, completed: 0 }];
  #countedAtMs: number;

  constructor({ max, targetMs, nowMs }: RoomOptions) {
    this.#max = max;
    this.#targetMs = targetMs;
    this.#nowMs = nowMs;
    this.#size = max;
    this.#countedAtMs = nowMs();
  }

  get size(): number {
    return Math.floor(this.#size);
  }

  entered(): void {
    this.#count();
    this.#held += 1;
  }

  left(): void {
    this.#count();
    this.#held -= 1;
    this.#windows.at(-1)!.completed += 1;
  }

  /**
   * To be called every `windowMs`; a starved process will be late.
   * @param short this process is, of processor or memory
   */
  endWindow(short: boolean): void {
    this.#count();
    if (short) this.#judge();
    else this.#size = this.#size * growth + 1;
    this.#size = Math.min(this.#max, Math.max(roomMin, this.#size));
    this.#windows.push({ ms: 0, heldMs: 0, completed: 0 });
    if (this.#windows.length > windowsJudged) this.#windows.shift();
  }

  #judge(): void {
    const sum = (of: keyof Window) => this.#windows.reduce((total, each) => total + each[of], 0);
    const ms = Math.max(1, sum('ms'));
    const held = sum('heldMs') / ms;
    const inTime = (sum('completed') * this.#targetMs) / ms + 1;
    if (held < inTime) this.#size = Math.max(this.#size, inTime);
    // Half-way, from what was held: the room beyond that says nothing.
    else this.#size = (Math.min(this.#size, held) + inTime) / 2;
  }

  #count(): void {
    const nowMs = this.#nowMs();
    const ms = nowMs - this.#countedAtMs;
    const window = this.#windows.at(-1)!;
    window.ms += ms;
    window.heldMs += this.#held * ms;
    this.#countedAtMs = nowMs;
  }
}

interface Window {
  ms: number;
  /** The time of each that was held, summed. */
  heldMs: number;
  completed: number;
}
