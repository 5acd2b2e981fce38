// What is asked of every writer alike, and how it is counted.
import { pick, seededRandom, type Random } from '../../src/commands/demo/random.ts';
import type { Figures } from '../support/figures.ts';

export interface Load {
  readonly callers: number;
  /** Of the transfers, those that pay into one and the same account. */
  readonly hotShare: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  readonly seed: number;
}

export interface Writer {
  readonly name: string;
  /** On a new book; @throws when money or an acknowledged transfer is missing afterwards. */
  measure(load: Load): Promise<Figures>;
}

export interface Pair {
  readonly key: string;
  readonly source: string;
  readonly destination: string;
  readonly minor: number;
}

export const accountIds: readonly string[] = Array.from({ length: 1_000 }, (_, i) => `acc_${i}`);

/** Endless transfers between the accounts, none to itself. */
export function pairs({ hotShare, seed }: Load): () => Pair {
  const random: Random = seededRandom(seed);
  let count = 0;
  return () => {
    const destination = random() < hotShare ? accountIds[0]! : pick(random, accountIds);
    let source = pick(random, accountIds);
    while (source === destination) source = pick(random, accountIds);
    count += 1;
    return {
      key: `${seed}-${count}`,
      source,
      destination,
      minor: 1 + Math.floor(random() * 5_000),
    };
  };
}

/** What a book must say after a run. */
export interface BookTotals {
  readonly transfers: number;
  readonly entries: number;
  readonly sumMinor: bigint;
}

export function checkBook(
  name: string,
  { transfers, entries, sumMinor }: BookTotals,
  acked: number,
) {
  if (transfers === acked && entries === 2 * acked && sumMinor === 0n) return;
  throw new Error(
    `${name}: ${acked} acknowledged, but ${transfers} transfers, ${entries} entries, sum ${sumMinor}`,
  );
}
