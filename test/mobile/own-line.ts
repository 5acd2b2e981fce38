// The line of one family of scenarios: what is cut, led elsewhere or swallowed there disturbs no other family, so
// they go on beside each other. Most of their time is waited for pings, ends and timers.
import { after, before, beforeEach } from 'node:test';
import { openLine, type Line } from './line.ts';
import { slowStart } from './phone.ts';
import { urlOf, type Town } from './town.ts';

/** Of the scenarios on a line; else it is that of the whole. */
export const oneByOne = { concurrency: 1 };

/** @param hubs of the town: the phone comes to the first that takes a connection */
export function ownLine(town: () => Town, hubs: readonly number[]): () => Line {
  const resources = new AsyncDisposableStack();
  let line: Line | undefined;
  before(async () => {
    const { places, hubs: all } = town();
    const [realtime, ...more] = hubs.map((nth) => urlOf(all[nth]!));
    line = await openLine(resources, { ...places, realtime: realtime! }, more);
  }, slowStart);
  beforeEach(() => line!.mend());
  after(() => resources.disposeAsync());
  return () => line!;
}
