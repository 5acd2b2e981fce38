import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom, type Random } from '../../src/commands/demo/random.ts';
import type { Environment } from '../system.ts';
import { assertSound } from './book.ts';
import { startLoad } from './load.ts';
import { startOwnTime } from './own-time.ts';
import { faults } from './realtime/faults.ts';
import { assertAmounts, currentWithinMs, startJudge } from './realtime/judge.ts';
import { newSightings, startScreen, type Screen } from './realtime/screens.ts';
import { startTown, type Town } from './realtime/town.ts';

const screenCount = 200;
const screensPerUser = 10;
const hot = Array.from({ length: 4 }, (_, i) => `hot-${i}`);
const cold = Array.from({ length: 60 }, (_, i) => `cold-${i}`);
const hotPerScreen = 2;
const coldPerScreen = 6;
/** Watched by one screen each, so that what it misses no other subscription mends. */
const own = Array.from({ length: 100 }, (_, i) => `own-${i}`);
const ownPerScreen = 2;
/** Half of the entries are on a hot account. */
const mixed = [...cold, ...own, ...own].flatMap((account, i) => [account, hot[i % 4]!]);
const callers = 4;
const restMs = 100;
/** After each fault there is time to judge by. */
const calmMs = currentWithinMs + 800;
/** A minute and a half on a machine of its own; the waits are longer where others have the processors. */
const timeout = 600_000;
const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);

describe('while everything fails in turn, for a minute, 200 screens never go back and are the book’s in 2 s', () => {
  for (const feed of ['kafka', 'slots']) {
    it(`with REALTIME_FEED=${feed}`, { timeout }, (context) =>
      strikeAll({ REALTIME_FEED: feed }, context),
    );
  }
});

async function strikeAll(environment: Environment, context: TestContext): Promise<void> {
  const random = seededRandom(seed);
  const struck: string[] = [];
  try {
    await using town = await startTown(environment);
    using time = await startOwnTime();
    for (const id of [...hot, ...cold, ...own])
      assert.equal((await town.client.open(id, null)).status, 201);
    const sightings = newSightings();
    await using screens = await openScreens(town, sightings, random);
    // How long 200 take to come at once, beside all that starts here, is not what is judged.
    while (!screens.all.every(showsAll)) await delay(20);
    await using judge = await startJudge(town.databaseUrl, screens.all, time);
    const load = startLoad(town.client, mixed, callers, restMs);
    await load.more(50);

    for (const fault of shuffled(faults, random)) {
      struck.push(fault.name);
      let rest: Promise<void> | undefined;
      await judge.outage(fault.name, async () => {
        ({ rest } = await fault.strike(town, random));
      });
      await Promise.all([rest, time.wait(calmMs)]);
    }

    await load.stop();
    console.log(`# ms until right: ${JSON.stringify(Object.fromEntries(judge.recoveries))}`);
    console.log(
      `# seed ${seed}: ${struck.length} faults, ${load.acknowledged.length} transfers, ` +
        `${sightings.connections} connections (${sightings.older} began older), ` +
        `${sightings.updates} updates, ${judge.compared} comparisons; ` +
        `others used ${Math.round(time.othersSeconds)} s of the processors, too much to judge by ` +
        `for ${judge.unjudged} looks at the book`,
    );
    await judge.settled();
    assert.deepEqual(sightings.wrong.slice(0, 5), [], `${sightings.wrong.length} are wrong`);
    assert.deepEqual(
      judge.late.slice(0, 5),
      [],
      `${judge.late.length} are late: ${judge.lateAfter()}`,
    );
    assert.deepEqual(load.unexpected, []);
    await assertAmounts(town.databaseUrl, sightings);
    await assertSound(town.databaseUrl);
    assert.ok(sightings.connections > 1.2 * screenCount, 'the kills were felt');
    // All but the promise of two seconds was shown: that is no pass.
    if (judge.unjudged > judge.judged)
      context.skip('others had the processors: judge it elsewhere');
  } catch (error) {
    console.error(`FAULT_SEED=${seed}, struck: ${struck.join('; ')}`);
    throw error;
  }
}

async function openScreens(
  town: Town,
  sightings: ReturnType<typeof newSightings>,
  random: Random,
): Promise<{ all: Screen[] } & AsyncDisposable> {
  const all: Screen[] = [];
  for (let index = 0; index < screenCount; index += 1) {
    const some = (from: readonly string[], count: number) =>
      Array.from({ length: count }, (_, i) => from[(index + i) % from.length]!);
    const first = (index / 4) * ownPerScreen;
    const restless = index % 4 === 0 ? own.slice(first, first + ownPerScreen) : [];
    all.push(
      startScreen({
        name: `screen ${index}`,
        url: await town.hubUrl(`user-${Math.floor(index / screensPerUser)}`),
        accounts: [...some(hot, hotPerScreen), ...some(cold, coldPerScreen), ...restless],
        sightings,
        restless,
        random,
      }),
    );
  }
  return {
    all,
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((screen) => screen[Symbol.asyncDispose]()));
    },
  };
}

function showsAll({ accounts, shown }: Screen): boolean {
  return accounts.every((accountId) => shown.has(accountId));
}

function shuffled<T>(all: readonly T[], random: Random): T[] {
  const left = [...all];
  return all.map(() => left.splice(Math.floor(random() * left.length), 1)[0]!);
}
