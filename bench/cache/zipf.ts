// Which account is asked for: by Zipf's law with exponent 1 the nth of them n times less than the first.
import type { Random } from '../../src/commands/demo/random.ts';

/** Indexes from 0 to `count` - 1. */
export function zipf(count: number, random: Random): () => number {
  const upTo = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i += 1) upTo[i] = sum += 1 / (i + 1);
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

export const accountOf = (index: number): string => `acc_${String(index).padStart(6, '0')}`;
