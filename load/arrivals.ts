// When customers come: each by chance and on their own (a Poisson process), at the rate of the shape,
// the same for the same seed. The moments are drawn without looking at the server, which is what makes
// the load open: a server that stalls meets the same customers as one that does not.
import { pauseMs, type Random } from '../src/commands/demo/random.ts';
import type { Shape } from './shapes.ts';

/** Milliseconds since the start of the run, ascending, until the shape ends. */
export function* arrivals(shape: Shape, random: Random): Generator<number, void> {
  if (shape.peakPerSecond <= 0) return;
  const endMs = shape.seconds * 1_000;
  let atMs = 0;
  for (;;) {
    // Drawn at the highest rate, then thinned to the rate of the moment: exact for every shape.
    atMs += pauseMs(random, shape.peakPerSecond);
    if (atMs >= endMs) return;
    if (random() * shape.peakPerSecond < shape.perSecondAt(atMs / 1_000)) yield atMs;
  }
}
