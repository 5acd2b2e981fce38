// Which of many accounts is meant: a few are asked for all the time and most hardly ever, as Zipf
// found of words. Skew 0 is even; at 1 the second is half as popular as the first, the tenth a tenth.
import type { Random } from '../src/commands/demo/random.ts';

export interface ZipfOptions {
  readonly count: number;
  readonly skew: number;
}

/** Ranks from 0, the most popular, to count − 1. */
export function zipf({ count, skew }: ZipfOptions, random: Random): () => number {
  const upTo = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank += 1) {
    sum += (rank + 1) ** -skew;
    upTo[rank] = sum;
  }
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle]! > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
