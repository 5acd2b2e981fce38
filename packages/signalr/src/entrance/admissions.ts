/**
 * Lets clients in a few at each turn of the event loop, so that ten thousand who come back at once do
 * not hold up those who are in. Who waits is served first come first served among their own, while the
 * sources (addresses, unless the host says otherwise) take turns: none starves the others.
 */
import type { HubStats } from '../stats.ts';

export interface AdmissionLimits {
  admissionsMax: number;
  admissionsPerTurnMax: number;
  admissionsWaitingMax: number;
}

/** Says that an admission is over, however it went. */
export type Leave = () => void;

export class Admissions {
  readonly #limits: AdmissionLimits;
  /** Those who wait by their source; the sources in the order of their turns. */
  readonly #queues = new Map<string, Set<(leave: Leave) => void>>();
  readonly #stats: Pick<HubStats, 'waiting'>;
  #running = 0;
  #thisTurn = 0;

  constructor(limits: AdmissionLimits, stats: Pick<HubStats, 'waiting'>) {
    this.#limits = limits;
    this.#stats = stats;
  }

  /** Resolves when it is this client's turn, or to undefined at once when too many wait. */
  async enter(source: string): Promise<Leave | undefined> {
    if (this.#stats.waiting === 0 && this.#hasRoom()) return this.#begin();
    const queue = this.#queues.get(source) ?? new Set();
    // A source may fill as much as it leaves to others, so there is always room for another one.
    if (queue.size >= this.#limits.admissionsWaitingMax - this.#stats.waiting) return undefined;
    this.#stats.waiting += 1;
    return new Promise((admit) => {
      this.#queues.set(source, queue.add(admit));
    });
  }

  #hasRoom(): boolean {
    const { admissionsMax, admissionsPerTurnMax } = this.#limits;
    return this.#running < admissionsMax && this.#thisTurn < admissionsPerTurnMax;
  }

  #begin(): Leave {
    this.#running += 1;
    this.#thisTurn += 1;
    if (this.#thisTurn === 1) setImmediate(() => this.#turn());
    return () => {
      this.#running -= 1;
      this.#serve();
    };
  }

  #turn(): void {
    this.#thisTurn = 0;
    this.#serve();
  }

  #serve(): void {
    while (this.#stats.waiting > 0 && this.#hasRoom()) {
      const [source, queue] = this.#queues.entries().next().value!;
      const admit = queue.values().next().value!;
      queue.delete(admit);
      this.#queues.delete(source);
      if (queue.size > 0) this.#queues.set(source, queue);
      this.#stats.waiting -= 1;
      admit(this.#begin());
    }
  }
}
