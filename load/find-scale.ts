// How much of a scenario's rates this machine can carry: short steady runs at growing shares of them,
// until one no longer serves nearly everybody in time.
import type { LoadResult } from './run-load.ts';

/** Of what was carried, the share that a run then asks for: at the knee itself, queues never empty. */
const kneeShare = 0.7;
const leastScale = 1 / 64;
const bisections = 2;
const goodShareMin = 0.98;

export interface FindScaleOptions {
  /** Runs the scenario steadily at a share of its highest rate. */
  readonly probe: (scale: number) => Promise<LoadResult>;
  /** Above this share nothing needs to be tried: a limit that the server names. */
  readonly ceiling: number;
  /** After a run that was too much: queues empty and buckets fill. */
  readonly rest: () => Promise<unknown>;
  /** @param voidBecause why a probe says nothing of the server: the generator itself was too slow */
  readonly tried?: (scale: number, isCarried: boolean, voidBecause: readonly string[]) => void;
}

/** At most 1; `leastScale` where even that was not carried. */
export async function findScale({
  probe,
  ceiling,
  rest,
  tried,
}: FindScaleOptions): Promise<number> {
  const carries = async (scale: number) => {
    const result = await probe(scale);
    const isCarried = carriedAll(result);
    tried?.(scale, isCarried, result.voidBecause);
    if (!isCarried) await rest();
    return isCarried;
  };
  const highest = Math.min(1, ceiling);
  let carried = 0;
  let tooMuch = Number.POSITIVE_INFINITY;
  for (let scale = Math.min(leastScale, highest); ; scale = Math.min(highest, scale * 2)) {
    // A second look: the first may have met a cold process, or a bad moment of a shared machine.
    if (!(await carries(scale)) && !(await carries(scale))) {
      tooMuch = scale;
      break;
    }
    carried = scale;
    if (scale === highest) break;
  }
  if (carried === highest && ceiling > 1) return 1;
  for (let step = 0; step < bisections && carried > 0 && tooMuch <= 1; step += 1) {
    const scale = (carried + tooMuch) / 2;
    if (await carries(scale)) carried = scale;
    else tooMuch = scale;
  }
  return Math.max(carried * kneeShare, Math.min(leastScale, highest));
}

function carriedAll({ classes, voidBecause }: LoadResult): boolean {
  const all = Object.values(classes);
  return (
    voidBecause.length === 0 &&
    all.every(({ good, offered }) => offered === 0 || good >= goodShareMin * offered)
  );
}
