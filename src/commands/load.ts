// `atlas load <scenario>`: load on a running Atlas as customers make it, over its public API, held
// against the platform's own bars. Exit code 1 when a bar was not kept or the run is void.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { judgeBars } from '../../load/bars.ts';
import { findScale } from '../../load/find-scale.ts';
import { startImporters } from '../../load/importers.ts';
import { isPassed, thisMachine, type LoadReport } from '../../load/result.ts';
import { noRetry } from '../../load/retries.ts';
import { probeScenario, runScenario } from '../../load/run-scenario.ts';
import { watchServer } from '../../load/server-watch.ts';
import type { TrafficPlace } from '../../load/traffic.ts';
import { terminated } from '../platform/shutdown.ts';
import type { Settings } from '../platform/settings.ts';
import type { Command } from './command.ts';
import { seededRandom } from './demo/random.ts';
import { readLoadOptions, usage, type LoadOptions } from './load/options.ts';
import { loadAccounts, loadTokens } from './load/prepare.ts';
import { loadVoice, type LoadVoice } from './load/voice.ts';
import { reportFolder, writeReport } from './load/write-report.ts';

const probeSeconds = 2.5;
/** After a probe that was too much: queues empty and buckets fill. */
const restMs = 3_000;
const accountsMin = 100;

export const loadCommand: Command = {
  usage,
  async run(args, settings) {
    const options = await readLoadOptions(args);
    const end = new AbortController();
    void terminated().then(() => end.abort(new Error('ended before the run began')));
    const voice = loadVoice(options.voice);
    const folder = await reportFolder(options.out ?? `${settings.ATLAS_DATA}/load`);
    const report = await load(options, { settings, signal: end.signal, voice, args });
    voice.result(report);
    const files = await writeReport(report, folder);
    voice.say('', `result ${files.result}`, `report ${files.report}`);
    return isPassed(report) ? 0 : 1;
  },
};

interface LoadParts {
  readonly settings: Settings;
  readonly signal: AbortSignal;
  readonly voice: LoadVoice;
  readonly args: readonly string[];
}

async function load(options: LoadOptions, parts: LoadParts): Promise<LoadReport> {
  const { settings, signal, voice, args } = parts;
  const { name, scenario, seed } = options;
  const date = new Date().toISOString();
  const tokens = await loadTokens(settings, options.tenant);
  const url = settings.ATLAS_URL.replace(/\/+$/, '');
  const accountsAt = (scale: number) =>
    options.accounts ?? Math.max(accountsMin, Math.round(scenario.accounts * Math.min(1, scale)));
  const placeOf = async (scale: number): Promise<TrafficPlace> => ({
    url,
    tokens,
    accountIds: await loadAccounts(
      {
        url,
        token: tokens[0]!,
        signal,
        opening: (count) => voice.say(`opening ${count} accounts`),
      },
      accountsAt(scale),
    ),
    skew: options.skew,
    random: seededRandom(seed),
    runId: `load:${randomUUID()}`,
  });

  voice.say(`${name}: ${scenario.about}`);
  const scale = options.scale ?? (await knee(options, await placeOf(0), parts));
  const place = await placeOf(scale);
  const shape = options.shapeAt(scale);
  voice.say(
    `${place.accountIds.length} accounts are open; ${shape.name} up to ${Math.round(shape.peakPerSecond)}/s (scale ${scale.toFixed(3)}) for ${shape.seconds} s`,
  );
  using progress = voice.begin(shape.seconds);
  const facts = await runScenario({
    scenario,
    place,
    shape,
    retry: options.retry,
    seed,
    screens: options.screens,
    signal,
    disturb: () => (options.during === undefined ? startImporters(place) : start(options.during)),
    eachSecond: (live) => progress.show(live),
  });
  return {
    command: ['atlas load', ...args].join(' '),
    date,
    machine: thisMachine(),
    scenario: name,
    about: scenario.about,
    settings: {
      url,
      scale,
      shape: shape.name,
      'peak a second': Math.round(shape.peakPerSecond),
      seconds: shape.seconds,
      seed,
      accounts: place.accountIds.length,
      skew: options.skew,
      retries: options.retry.name,
      'deadline ms': facts.load.deadlineMs,
      ...(scenario.screens === undefined ? {} : { screens: options.screens }),
    },
    verdicts: judgeBars(scenario.bars, facts),
    ...facts,
  };
}

/** The scale to run at: a share of what short runs show that this machine carries. */
async function knee(
  { scenario, seed }: LoadOptions,
  place: TrafficPlace,
  { signal, voice }: Pick<LoadParts, 'signal' | 'voice'>,
): Promise<number> {
  using server = await watchServer({
    url: place.url,
    token: place.tokens[0]!,
    nowMs: () => performance.now(),
    signal,
  });
  // A burst would hide from short runs what the server has been told to admit.
  const { ratePerSecond = Number.POSITIVE_INFINITY } = server.moments[0]!.shedding ?? {};
  const ceiling = ratePerSecond / (scenario.highPerSecond * scenario.transferShare);
  let probes = 0;
  return findScale({
    ceiling,
    async probe(scale) {
      probes += 1;
      const perSecond = scenario.highPerSecond * scale;
      const result = await probeScenario(
        {
          scenario,
          place: { ...place, runId: `${place.runId}:probe${probes}` },
          seed,
          signal,
        },
        { perSecond, seconds: probeSeconds },
        noRetry,
      );
      signal.throwIfAborted();
      return result;
    },
    tried(scale, isCarried, [reason]) {
      const rate = Math.round(scenario.highPerSecond * scale);
      const why = reason === undefined ? '' : ` (${reason})`;
      voice.say(`finding the knee: ${rate}/s ${isCarried ? 'is carried' : `is too much${why}`}`);
    },
    rest: () => pause(restMs, undefined, { signal }).catch(() => signal.throwIfAborted()),
  });
}

/** A command of the shell with everything that it starts, ended when it is disposed. */
function start(command: string): Disposable {
  const child = spawn(command, { shell: true, detached: true, stdio: 'ignore' });
  child.on('error', () => {});
  return {
    [Symbol.dispose]() {
      try {
        process.kill(-child.pid!, 'SIGTERM');
      } catch {
        // It has ended by itself.
      }
    },
  };
}
