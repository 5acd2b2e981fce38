// The phone app in a Chromium the size of a phone: what its screens do, and what a phone goes through. To start the
// town that it is in takes longer than most scenarios, so their families (scenarios/) share one.
import { after, before, describe } from 'node:test';
import { slowStart } from './phone.ts';
import { absence } from './scenarios/absence.ts';
import { hubsEnd } from './scenarios/hubs-end.ts';
import { networks } from './scenarios/networks.ts';
import { paying } from './scenarios/paying.ts';
import { seeing } from './scenarios/seeing.ts';
import { silence } from './scenarios/silence.ts';
import { startTown, type Town } from './town.ts';

const familiesAtOnce = 3;

describe('the phone app', { timeout: 600_000, concurrency: familiesAtOnce }, () => {
  const resources = new AsyncDisposableStack();
  let town: Town;
  before(async () => {
    town = await startTown(resources);
  }, slowStart);
  after(() => resources.disposeAsync());

  for (const family of [seeing, paying, networks, silence, absence, hubsEnd]) family(() => town);
});
