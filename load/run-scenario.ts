// One run of a scenario with everything around it: its screens, what the server says of itself, and
// what slows the platform down in a brown-out.
import { seededRandom } from '../src/commands/demo/random.ts';
import type { Facts } from './bars.ts';
import { runClock } from './clock.ts';
import type { RetryPolicy } from './retries.ts';
import { runLoad, type LiveLoad, type LoadResult } from './run-load.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { Screens, type ScreenFigures } from './screens/screens.ts';
import { watchServer, type ServerMoment } from './server-watch.ts';
import { steady, type Shape } from './shapes.ts';
import type { TrafficPlace } from './traffic.ts';

/** A longer run is kept by the second only: a day in tenths would not fit into its result. */
const fineSecondsMax = 900;

export interface ScenarioRun {
  readonly scenario: Scenario;
  readonly place: TrafficPlace;
  readonly shape: Shape;
  readonly retry: RetryPolicy;
  readonly seed: number;
  readonly screens: number;
  /** Slows the platform from when it is called until it is disposed, in the phase `brown-out`. */
  readonly disturb: () => Disposable;
  readonly signal: AbortSignal;
  readonly eachSecond: (live: Live) => void;
}

export interface Live extends LiveLoad {
  readonly server: ServerMoment | undefined;
  readonly screensConnected: number | undefined;
}

export async function runScenario(run: ScenarioRun): Promise<Facts> {
  const { scenario, place, shape, retry, seed, signal } = run;
  using screens = await openScreens(run);
  using server = await watchServer({
    url: place.url,
    token: place.tokens[0]!,
    nowMs: () => runClock.now(),
    signal,
  });
  screens?.begin();
  let slowed: Disposable | undefined;
  const load = await runLoad({
    classes: scenario.classes({ place, shape, retry, screens }),
    seed,
    signal,
    slotsMs: shape.seconds > fineSecondsMax ? [1_000] : [1_000, 100],
    phaseBegins({ name }) {
      slowed?.[Symbol.dispose]();
      slowed = name === 'brown-out' ? run.disturb() : undefined;
    },
    eachSecond: (live) =>
      run.eachSecond({
        ...live,
        server: server.moments.at(-1),
        screensConnected: screens?.connected,
      }),
  });
  slowed?.[Symbol.dispose]();
  const screenFigures = await screens?.end();
  await server.finish();
  if (screenFigures === undefined) return { load, server: server.moments };
  const voidBecause = [...load.voidBecause, ...voidScreens(screenFigures)];
  return { load: { ...load, voidBecause }, server: server.moments, screens: screenFigures };
}

function voidScreens({ withoutSocket }: ScreenFigures): string[] {
  if (withoutSocket === 0) return [];
  return [`this machine had no socket for ${withoutSocket} connections of screens`];
}

/** A short steady run of the traffic alone, without screens and retries: what can be carried. */
export function probeScenario(
  { scenario, place, seed, signal }: Pick<ScenarioRun, 'scenario' | 'place' | 'seed' | 'signal'>,
  rate: { readonly perSecond: number; readonly seconds: number },
  retry: RetryPolicy,
): Promise<LoadResult> {
  const shape = steady(rate);
  return runLoad({
    classes: scenario.classes({ place, shape, retry }),
    seed,
    signal,
    slotsMs: [],
  });
}

async function openScreens(run: ScenarioRun): Promise<Screens | undefined> {
  const { scenario, place, seed, screens, signal } = run;
  if (scenario.screens === undefined) return undefined;
  return Screens.open({
    url: place.url,
    tokens: place.tokens,
    count: screens,
    accountIds: place.accountIds,
    accountsEach: scenario.screens.accountsEach,
    clock: runClock,
    random: seededRandom(seed),
    signal,
  });
}
