// What `atlas load` is asked to do: the scenario with what its options change of it.
import { fixedDelay, asClient, noRetry, type RetryPolicy } from '../../../load/retries.ts';
import { scenarios, type ScenarioName } from '../../../load/scenarios/index.ts';
import { shapeNames, type Scenario, type ShapeName } from '../../../load/scenarios/scenario.ts';
import { brownOut, ramp, spike, steady, step, type Shape } from '../../../load/shapes.ts';
import { readTrace } from '../../../load/trace.ts';
import { voices, type VoiceName } from './voice.ts';
import { UsageError, readArguments, readPositive } from '../command.ts';

export interface LoadOptions {
  readonly name: ScenarioName;
  readonly scenario: Scenario;
  /** Undefined: it is found first. */
  readonly scale: number | undefined;
  readonly seconds: number;
  readonly seed: number;
  /** Undefined: those of the scenario, scaled. */
  readonly accounts: number | undefined;
  readonly skew: number;
  readonly retry: RetryPolicy;
  readonly screens: number;
  /** Of the lower and the higher rate at a scale. */
  shapeAt(scale: number): Shape;
  /** Slows the platform in a brown-out, instead of importers. */
  readonly during: string | undefined;
  /** Whose accounts and customers they are. */
  readonly tenant: string;
  readonly voice: VoiceName;
  /** Undefined: in ATLAS_DATA. */
  readonly out: string | undefined;
}

export const usage = [
  `  atlas load ${Object.keys(scenarios).join('|')}`,
  '             [--rate N] [--scale auto] [--seconds N] [--seed 1] [--accounts N] [--skew X]',
  `             [--shape ${shapeNames.join('|')}] [--trace FILE]`,
  '             [--during COMMAND] [--retry client|none|fixed] [--screens N] [--out DIR]',
  '             [--tenant tnt_demo] [--progress words|json]',
  '                                load as customers make it, held against the bars; a report beside it',
].join('\n');

const rateMax = 1_000_000;
const secondsMax = 86_400;
const accountsMax = 1_000_000;
const screensMax = 50_000;
const skewMax = 3;
const scaleMax = 100;

const retries: Readonly<Record<string, RetryPolicy>> = {
  client: asClient,
  none: noRetry,
  fixed: fixedDelay(1_000, 6, 30_000),
};

/** @throws UsageError; Error for a trace that cannot be read. */
export async function readLoadOptions(args: readonly string[]): Promise<LoadOptions> {
  const text = { type: 'string' } as const;
  const { values, positionals } = readArguments({
    args: [...args],
    allowPositionals: true,
    options: {
      rate: text,
      scale: text,
      seconds: text,
      seed: { ...text, default: '1' },
      accounts: text,
      skew: text,
      shape: text,
      trace: text,
      during: text,
      retry: text,
      screens: text,
      out: text,
      tenant: { ...text, default: 'tnt_demo' },
      progress: { ...text, default: 'words' },
    },
  });
  const name = scenarioNamed(positionals);
  const scenario: Scenario = scenarios[name];
  const optional = (option: 'seconds' | 'accounts' | 'screens' | 'rate', max: number) =>
    values[option] === undefined ? undefined : readPositive(`--${option}`, values[option], max);
  const seconds = optional('seconds', secondsMax) ?? scenario.seconds;
  const rate = optional('rate', rateMax);
  if (rate !== undefined && values.scale !== undefined) {
    throw new UsageError('--rate says the rate itself, so --scale cannot be given with it');
  }
  const accounts = optional('accounts', accountsMax);
  if (accounts === 1) throw new UsageError('--accounts must be 2 or more: money moves between two');
  const shape = shapeNamed(values.shape, values.trace, scenario.shape);
  if (values.during !== undefined && shape !== 'brown-out') {
    throw new UsageError('--during slows the platform in a brown-out: give --shape brown-out too');
  }
  const screens = optional('screens', screensMax);
  if (screens !== undefined && scenario.screens === undefined) {
    throw new UsageError(`--screens: the scenario ${name} has none`);
  }
  return {
    name,
    scenario,
    scale: rate === undefined ? scaleOf(values.scale) : rate / scenario.highPerSecond,
    seconds,
    seed: readPositive('--seed', values.seed, 2 ** 31 - 1),
    accounts,
    skew: values.skew === undefined ? scenario.skew : number('--skew', values.skew, skewMax),
    retry: values.retry === undefined ? scenario.retry : retryNamed(values.retry),
    screens: screens ?? scenario.screens?.count ?? 0,
    shapeAt: await shapeMaker(shape, values.trace, scenario, seconds),
    during: values.during,
    tenant: values.tenant,
    voice: voiceNamed(values.progress),
    out: values.out,
  };
}

function scenarioNamed(positionals: readonly string[]): ScenarioName {
  const names = Object.keys(scenarios);
  const [name] = positionals;
  if (positionals.length === 1 && names.includes(name!)) return name as ScenarioName;
  const given = positionals.length === 1 ? ` and not "${name}"` : '';
  throw new UsageError(`atlas load takes one scenario, ${names.join(', ')}${given}`);
}

function shapeNamed(
  text: string | undefined,
  trace: string | undefined,
  usual: ShapeName,
): ShapeName {
  const shape = text ?? (trace === undefined ? usual : 'trace');
  if (!(shapeNames as readonly string[]).includes(shape)) {
    throw new UsageError(`--shape must be one of ${shapeNames.join(', ')} and not "${shape}"`);
  }
  if ((shape === 'trace') !== (trace !== undefined)) {
    throw new UsageError('--shape trace and --trace FILE belong together');
  }
  return shape as ShapeName;
}

async function shapeMaker(
  name: ShapeName,
  trace: string | undefined,
  { lowPerSecond, highPerSecond }: Scenario,
  seconds: number,
): Promise<(scale: number) => Shape> {
  const at = (perSecond: number) => ({ perSecond, seconds });
  const both = (scale: number) => ({
    fromPerSecond: lowPerSecond * scale,
    ...at(highPerSecond * scale),
  });
  switch (name) {
    case 'steady':
      return (scale) => steady(at(highPerSecond * scale));
    case 'step':
      return (scale) => step(both(scale));
    case 'ramp':
      return (scale) => ramp(both(scale));
    case 'spike':
      return (scale) => spike(at(lowPerSecond * scale));
    case 'brown-out':
      return (scale) => brownOut(at(highPerSecond * scale));
    case 'trace': {
      const form = await readTrace(trace!, at(1)).catch((error: Error) => {
        throw new UsageError(`--trace: ${error.message}`, { cause: error });
      });
      return (scale) => ({
        ...form,
        peakPerSecond: highPerSecond * scale,
        perSecondAt: (second) => form.perSecondAt(second) * highPerSecond * scale,
      });
    }
  }
}

function scaleOf(text = 'auto'): number | undefined {
  if (text === 'auto') return undefined;
  const scale = number('--scale', text, scaleMax, 'auto or ');
  if (scale > 0) return scale;
  throw new UsageError('--scale must be auto or a number above 0');
}

function number(option: string, text: string, max: number, or = ''): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value <= max) return value;
  throw new UsageError(`${option} must be ${or}a number from 0 to ${max} and not "${text}"`);
}

function voiceNamed(text: string): VoiceName {
  const voice = voices.find((name) => name === text);
  if (voice !== undefined) return voice;
  throw new UsageError(`--progress must be one of ${voices.join(', ')}`);
}

function retryNamed(text: string): RetryPolicy {
  const policy = Object.hasOwn(retries, text) ? retries[text] : undefined;
  if (policy !== undefined) return policy;
  throw new UsageError(`--retry must be one of ${Object.keys(retries).join(', ')}`);
}
