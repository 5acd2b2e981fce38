// Opens accounts, and looks at each before and after: what remembers that there is no such account has to
// forget it by the time that the opening is acknowledged.
import { setTimeout as pause } from 'node:timers/promises';
import { pick } from '../../src/commands/demo/random.ts';
import { request, refused, retryPauseMs, type Ground } from './ground.ts';
import { Lane } from './lane.ts';
import { readOnce } from './reader.ts';

/** For each account that it opens the writers have this many pauses. */
const rests = 20;

export interface OpenerOptions {
  /** Begins the ids of its accounts. */
  readonly name: string;
  readonly restMs: number;
}

/** Opens accounts until it is stopped; what it has begun by then is opened when it resolves. */
export async function startOpener(ground: Ground, { name, restMs }: OpenerOptions): Promise<void> {
  const lanes = ground.target.ledgers.map((url) => new Lane(url));
  const lookEverywhere = (id: string) =>
    Promise.all(lanes.map((lane) => readOnce(ground, lane, id)));
  for (let turn = 0; !ground.stopping; turn += 1) {
    const id = `${name}:opened-${turn}`;
    await lookEverywhere(id);
    while (!(await openAccount(ground, pick(ground.random, lanes), id))) await pause(retryPauseMs);
    while ((await lookEverywhere(id)).some((read) => read === undefined)) await pause(retryPauseMs);
    await pause(rests * restMs);
  }
  for (const lane of lanes) lane.close();
}

/** Whether it was acknowledged: to be asked again until it is. */
export async function openAccount(ground: Ground, lane: Lane, accountId: string): Promise<boolean> {
  const body = { currency: 'EUR', minimumMinor: null };
  const answer = await lane.ask(request(ground, 'PUT', `/ledger/accounts/${accountId}`, {}, body));
  if (answer?.status === 201 || answer?.status === 200) {
    ground.history.opened(accountId, performance.now());
    return true;
  }
  refused(ground, 'account', answer);
  return false;
}
