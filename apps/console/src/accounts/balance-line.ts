// The shape of a balance over its last entries: a line that steps, because between two entries a balance
// stands still. Heights are taken by bigint, so an amount beyond 2^53 is drawn where it belongs.
import type { Entry } from '@atlas/client';

export interface BalanceLine {
  /** An SVG path in a box of `width` by `height`, oldest on the left. */
  readonly path: string;
  readonly lowestMinor: bigint;
  readonly highestMinor: bigint;
  readonly since: string;
}

/** Entries that are drawn: more would fall on the same pixels. */
export const drawnMax = 200;

/** @param entries newest first; undefined where they are too few to make a line */
export function balanceLine(
  entries: readonly Entry[],
  width: number,
  height: number,
): BalanceLine | undefined {
  const drawn = entries.slice(0, drawnMax).toReversed();
  const first = drawn[0];
  const last = drawn.at(-1);
  if (first === undefined || last === undefined || drawn.length < 2) return undefined;
  const balances = drawn.map((entry) => entry.balanceAfterMinor);
  const lowestMinor = balances.reduce((least, each) => (each < least ? each : least));
  const highestMinor = balances.reduce((most, each) => (each > most ? each : most));
  const fromMs = Date.parse(first.postedAt);
  const spanMs = Date.parse(last.postedAt) - fromMs;
  const x = (postedAt: string, index: number) =>
    // Entries of one moment stand beside each other.
    spanMs === 0
      ? (index / (drawn.length - 1)) * width
      : ((Date.parse(postedAt) - fromMs) / spanMs) * width;
  const y = (minor: bigint) =>
    highestMinor === lowestMinor
      ? height / 2
      : height -
        (Number(((minor - lowestMinor) * 10_000n) / (highestMinor - lowestMinor)) / 10_000) *
          height;
  const steps = drawn.map(
    ({ postedAt, balanceAfterMinor }, index) =>
      `H${tenths(x(postedAt, index))}V${tenths(y(balanceAfterMinor))}`,
  );
  return {
    path: `M0 ${tenths(y(first.balanceAfterMinor))}${steps.join('')}`,
    lowestMinor,
    highestMinor,
    since: first.postedAt,
  };
}

function tenths(value: number): string {
  return String(Math.round(value * 10) / 10);
}
