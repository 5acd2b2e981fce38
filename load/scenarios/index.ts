// The scenarios of `atlas load`, with the bars of the platform.
import type { Bar } from '../bars.ts';
import {
  admittedP99Ms,
  availability,
  changeToScreenP99Ms,
  databaseCallsSaved,
  errorShare,
  goodputKept,
  hitRatio,
  recoverySeconds,
  servedP99Ms,
  servedShare,
  shedShare,
  socketUptime,
} from '../measures.ts';
import { asClient, noRetry } from '../retries.ts';
import { imports, paymentsAndRepeats, reads, transfers } from './classes.ts';
import type { Scenario } from './scenario.ts';

const errors: Bar = { what: 'errors', unit: '%', is: '<', bar: 0.5, measure: errorShare };
const shed: Bar = { what: 'shed', unit: '%', is: '<', bar: 5, measure: shedShare };
const hits: Bar = { what: 'cache hit ratio', unit: '%', is: '>', bar: 80, measure: hitRatio };
const saved: Bar = {
  what: 'database calls saved',
  unit: '%',
  is: '≥',
  bar: 90,
  measure: databaseCallsSaved,
};
const uptime: Bar = { what: 'socket uptime', unit: '%', is: '>', bar: 99.9, measure: socketUptime };
const screen: Bar = {
  what: 'change → screen p99',
  unit: 'ms',
  is: '<',
  bar: 1_000,
  measure: changeToScreenP99Ms,
};
const p99 = (className: string, bar: number): Bar => ({
  what: `${className} p99`,
  unit: 'ms',
  is: '<',
  bar,
  measure: servedP99Ms(className),
});

export const scenarios = {
  transfers: {
    about: 'payments between accounts of uneven popularity, 1,000 to 5,000 a second',
    lowPerSecond: 1_000,
    highPerSecond: 5_000,
    transferShare: 1,
    shape: 'ramp',
    seconds: 60,
    accounts: 10_000,
    skew: 0.8,
    retry: asClient,
    bars: [p99('transfers', 120), errors, shed],
    classes: (plan) => [transfers(plan, 1)],
  },
  reads: {
    about: 'balance reads, 2,000 to 10,000 a second',
    lowPerSecond: 2_000,
    highPerSecond: 10_000,
    transferShare: 0,
    shape: 'ramp',
    seconds: 60,
    accounts: 10_000,
    skew: 1,
    retry: asClient,
    bars: [p99('reads', 50), errors, shed],
    classes: (plan) => [reads(plan, 1)],
  },
  sockets: {
    about: '1,000 screens watching while 200 payments a second change what they show',
    lowPerSecond: 40,
    highPerSecond: 200,
    transferShare: 1,
    shape: 'steady',
    seconds: 60,
    accounts: 2_000,
    skew: 0.8,
    retry: asClient,
    screens: { count: 1_000, accountsEach: 2 },
    bars: [uptime, screen, errors],
    classes: (plan) => [transfers(plan, 1)],
  },
  cache: {
    about: '2,000 balance reads a second over 10,000 accounts (Zipf 1.0) while money moves',
    lowPerSecond: 408,
    highPerSecond: 2_040,
    transferShare: 0.02,
    shape: 'steady',
    seconds: 60,
    accounts: 10_000,
    skew: 1,
    retry: asClient,
    bars: [hits, saved, p99('reads', 250), errors],
    classes: (plan) => [reads(plan, 0.98), transfers(plan, 0.02)],
  },
  shedding: {
    about: 'ten times the traffic for a quarter of the run, in three classes',
    lowPerSecond: 1_000,
    highPerSecond: 1_000,
    transferShare: 1,
    shape: 'spike',
    seconds: 40,
    accounts: 10_000,
    skew: 0.8,
    retry: noRetry,
    bars: [
      {
        what: 'goodput of payments in the spike, of that before',
        unit: '%',
        is: '≥',
        bar: 95,
        measure: goodputKept('normal', 'spike'),
      },
      {
        what: 'p99 of what is admitted',
        unit: 'ms',
        is: '≤',
        bar: 200,
        measure: admittedP99Ms('critical', 'normal'),
      },
      {
        what: 'repeats of admitted payments served',
        unit: '%',
        is: '≥',
        bar: 99.9,
        measure: servedShare('critical'),
      },
      {
        what: 'back to full goodput after the spike',
        unit: 's',
        is: '≤',
        bar: 1,
        measure: recoverySeconds('normal'),
      },
      errors,
    ],
    classes: (plan) => [
      ...paymentsAndRepeats(plan, { normal: 0.85, critical: 0.05 }),
      imports(plan, 0.1, 20),
    ],
  },
  success: {
    about: 'every success metric of the platform in one run: reads, payments and screens',
    lowPerSecond: 500,
    highPerSecond: 2_500,
    transferShare: 0.2,
    shape: 'steady',
    seconds: 60,
    accounts: 10_000,
    skew: 1,
    retry: asClient,
    screens: { count: 200, accountsEach: 5 },
    bars: [
      { ...p99('reads', 250), what: 'balance p99' },
      hits,
      shed,
      uptime,
      saved,
      errors,
      { what: 'availability', unit: '%', is: '≥', bar: 99.9, measure: availability },
      screen,
    ],
    classes: (plan) => [reads(plan, 0.8), transfers(plan, 0.2)],
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;
