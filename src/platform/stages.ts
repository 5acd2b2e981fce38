// The stages of the last transfers that passed this process, so that a transfer's timeline is what was
// measured and nothing else. Recording is on the way of every transfer: it stores a reference and three
// numbers into arrays that were there before. Looking is rare, and goes through them all.
import type { StageMark, StageName, StageReport } from '../contracts/stages.ts';

/** Some 3 MB for each ring: at 400 transfers a second the last 80 seconds, at 10 almost an hour. */
const transfersRememberedMax = 32_768;
const columns = 3;

/** The last transfers of one place on the way; the oldest makes room. */
export class StageRing {
  readonly #ids: (string | undefined)[];
  readonly #numbers: Float64Array;
  readonly #startedAtMs: number;
  #next = 0;
  #full = false;

  constructor(max: number, startedAtMs: number) {
    this.#ids = Array.from<string | undefined>({ length: max });
    this.#numbers = new Float64Array(max * columns);
    this.#startedAtMs = startedAtMs;
  }

  add(entryId: string, a: number, b = 0, c = 0): void {
    const at = this.#next * columns;
    this.#ids[this.#next] = entryId;
    this.#numbers[at] = a;
    this.#numbers[at + 1] = b;
    this.#numbers[at + 2] = c;
    this.#next += 1;
    if (this.#next < this.#ids.length) return;
    this.#next = 0;
    this.#full = true;
  }

  /** All that was added of a transfer, in no order. */
  find(entryId: string): [number, number, number][] {
    const found: [number, number, number][] = [];
    for (let i = this.#ids.indexOf(entryId); i >= 0; i = this.#ids.indexOf(entryId, i + 1)) {
      const at = i * columns;
      found.push([this.#numbers[at]!, this.#numbers[at + 1]!, this.#numbers[at + 2]!]);
    }
    return found;
  }

  /** What was added since is still here. */
  get sinceMs(): number {
    return this.#full ? this.#numbers[this.#next * columns]! : this.#startedAtMs;
  }
}

/** The rings of a process: a role has one for the place where it measures. */
export interface Stages {
  /** When the transfer was let in. */
  admitted(): StageRing;
  /** When its transaction was committed, and when no cache answered older any more. */
  committed(): StageRing;
  /** When the event log had it. */
  published(): StageRing;
  /** First and last time that a balance of it was written to a connection, and to how many. */
  delivered(): StageRing;
  report(entryId: string): StageReport;
}

type Place = 'admitted' | 'committed' | 'published' | 'delivered';

export function createStages(nowMs = Date.now): Stages {
  const rings: Partial<Record<Place, StageRing>> = {};
  const at = (place: Place) => (rings[place] ??= new StageRing(transfersRememberedMax, nowMs()));
  return {
    admitted: () => at('admitted'),
    committed: () => at('committed'),
    published: () => at('published'),
    delivered: () => at('delivered'),
    report(entryId) {
      const found = (place: Place) => rings[place]?.find(entryId) ?? [];
      const one = (stage: StageName) => (atMs: number) => ({ stage, atMs });
      const marks: StageMark[] = [
        ...found('admitted').map(([atMs]) => one('admitted')(atMs)),
        ...found('committed').flatMap(([committedAtMs, cachedAtMs]) => [
          one('committed')(committedAtMs),
          one('cached')(cachedAtMs),
        ]),
        ...found('published').map(([atMs]) => one('published')(atMs)),
        ...found('delivered').map(([atMs, lastAtMs, deliveries]) => ({
          stage: 'delivered' as const,
          atMs,
          lastAtMs,
          deliveries,
        })),
      ];
      const since = Object.fromEntries(
        Object.entries(rings).map(([place, { sinceMs }]) => [place, sinceMs]),
      ) as Partial<Record<StageName, number>>;
      return {
        marks,
        since: since.committed === undefined ? since : { ...since, cached: since.committed },
      };
    },
  };
}
