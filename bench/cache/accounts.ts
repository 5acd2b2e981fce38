// The accounts of the benchmark: popular ones are asked for far more often, by Zipf's law.
import { zipf } from '../../load/zipf.ts';
import type { Random } from '../../src/commands/demo/random.ts';

export const accountOf = (index: number): string => `acc_${String(index).padStart(6, '0')}`;

/** Indexes from 0 to `count` − 1, the first twice as often as the second. */
export const popular = (count: number, random: Random) => zipf({ count, skew: 1 }, random);
