// The result of a run as it is kept: what was asked for, where and when, everything that was found, and
// what it means. A figure without these is hearsay.
import { cpus, platform, release, totalmem } from 'node:os';
import { inWords, type Facts, type Verdict } from './bars.ts';
import type { ClassFigures } from './recorder.ts';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
}

export interface LoadReport extends Facts {
  readonly command: string;
  /** ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  readonly scenario: string;
  readonly about: string;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly verdicts: readonly Verdict[];
}

export function thisMachine(): Machine {
  const all = cpus();
  return {
    processor: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.version,
  };
}

/** The run did what it was to do, and every bar was kept. */
export function isPassed({ verdicts, load }: LoadReport): boolean {
  return load.voidBecause.length === 0 && verdicts.every(({ isKept }) => isKept);
}

/** For a terminal. */
export function describeReport(report: LoadReport): string {
  const { load, screens, verdicts } = report;
  const { sendLag, sendLagMaxMs, socketsMost, cpuSeconds } = load.generator;
  const lines = [
    ...Object.entries(load.classes).map(([name, figures]) =>
      describeClass(name, figures, load.seconds),
    ),
    `generator  send lag p99 ${ms(sendLag.p99Ms)} (bound ${sendLagMaxMs} ms), at most ${socketsMost} sockets, ${cpuSeconds.toFixed(1)} s of CPU`,
  ];
  if (screens !== undefined) {
    const { changeToScreen, reconnects, missing } = screens;
    lines.push(
      `screens    ${screens.screens}, reconnects ${reconnects}, change → screen p50 ${ms(changeToScreen.p50Ms)} p99 ${ms(changeToScreen.p99Ms)}, never shown ${missing}`,
    );
  }
  const isVoid = load.voidBecause.length > 0;
  lines.push('', ...verdicts.map((verdict) => inWords(verdict, isVoid)));
  for (const reason of load.voidBecause) lines.push(`VOID: ${reason}; these figures say nothing`);
  return lines.join('\n');
}

function describeClass(name: string, figures: ClassFigures, seconds: number): string {
  const { offered, served, good, sent, retries, requests, latency } = figures;
  const rate = (count: number) => `${count} (${(count / seconds).toFixed(0)}/s)`;
  return [
    name.padEnd(10),
    `offered ${rate(offered)}`,
    `good ${rate(good)}`,
    `served ${served}`,
    `sent ${sent} with ${retries} retries`,
    `shed ${requests.shed}`,
    `failed ${requests.failed + requests.refused}`,
    `p50 ${ms(latency.p50Ms)} p99 ${ms(latency.p99Ms)} max ${ms(latency.maxMs)}`,
  ].join('  ');
}

function ms(value: number): string {
  return `${value < 100 ? value.toFixed(1) : value.toFixed(0)} ms`;
}
