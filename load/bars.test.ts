import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWords, judgeBars } from './bars.ts';
import {
  availability,
  changeToScreenP99Ms,
  databaseCallsSaved,
  errorShare,
  goodputKept,
  hitRatio,
  recoverySeconds,
  servedP99Ms,
  shedShare,
  socketUptime,
} from './measures.ts';
import { scenarios } from './scenarios/index.ts';
import { spike } from './shapes.ts';
import { madeClass, madeFacts, type MadeArrival } from './testing.ts';

const every = (ms: number, fromMs: number, toMs: number, latencyMs: number | undefined) =>
  Array.from({ length: (toMs - fromMs) / ms }, (_, index): MadeArrival => ({
    dueAtMs: fromMs + index * ms,
    latencyMs,
  }));

const screens = (uptime: number, missing: number) => ({
  screens: 10,
  uptime,
  reconnects: 0,
  missing,
  withoutSocket: 0,
  changeToScreen: { count: 5, meanMs: 9, p50Ms: 9, p90Ms: 9, p99Ms: 12, p999Ms: 12, maxMs: 12 },
});

test('shares are of requests for errors and shedding, and of customers for availability', () => {
  const facts = madeFacts({
    reads: madeClass(every(10, 0, 990, 5)),
    transfers: madeClass([{ dueAtMs: 0, latencyMs: undefined }]),
  });
  assert.equal(shedShare(facts), 1);
  assert.equal(errorShare(facts), 0);
  assert.equal(availability(facts), 99);
  assert.ok(Math.abs(servedP99Ms('reads')(facts)! - 5) < 0.01);
});

test('the cache is measured over the run, not since the start of the server', () => {
  const moment = (reads: number, hits: number, databaseCalls: number) => ({
    atMs: reads,
    cache: { reads, hits, databaseCalls },
  });
  const server = [moment(1_000, 100, 900), moment(1_500, 550, 930), moment(2_000, 1_050, 950)];
  const facts = madeFacts({}, { server });
  assert.equal(hitRatio(facts), 95);
  assert.equal(databaseCallsSaved(facts), 95);
});

test('what a run could not measure was not kept', () => {
  const verdicts = judgeBars(scenarios.success.bars, madeFacts({}));
  assert.equal(verdicts.length, 8);
  assert.ok(verdicts.every(({ value, isKept }) => value === null && !isKept));
  assert.equal(inWords(verdicts[0]!), '✖ balance p99 < 250 ms: not measured');
});

test('the bars of success are those of the platform', () => {
  assert.deepEqual(
    scenarios.success.bars.map(({ what, is, bar, unit }) => `${what} ${is} ${bar} ${unit}`),
    [
      'balance p99 < 250 ms',
      'cache hit ratio > 80 %',
      'shed < 5 %',
      'socket uptime > 99.9 %',
      'database calls saved ≥ 90 %',
      'errors < 0.5 %',
      'availability ≥ 99.9 %',
      'change → screen p99 < 1000 ms',
    ],
  );
});

test('a bar at its very value is kept where it says "or the same", else not', () => {
  const bar = { what: 'x', unit: '%', bar: 5, measure: () => 5 } as const;
  const judged = judgeBars(
    (['<', '≤', '>', '≥'] as const).map((is) => ({ ...bar, is })),
    madeFacts({}),
  );
  assert.deepEqual(
    judged.map(({ isKept }) => isKept),
    [false, true, false, true],
  );
});

test('a change that never reached a screen cannot be outweighed by fast ones', () => {
  assert.equal(changeToScreenP99Ms(madeFacts({}, { screens: screens(1, 0) })), 12);
  assert.equal(changeToScreenP99Ms(madeFacts({}, { screens: screens(1, 1) })), Infinity);
  assert.equal(socketUptime(madeFacts({}, { screens: screens(0.999, 0) })), 99.9);
});

test('goodput in a spike is held against that before it, and the way back is timed', () => {
  const { phases } = spike({ perSecond: 100, seconds: 8 });
  const arrived = [
    ...every(10, 0, 2_000, 5),
    // Ten times as many; one in twenty is served in time, half of the goodput before.
    ...every(1, 2_000, 4_000, undefined).map((arrival, index) =>
      index % 20 === 0 ? { ...arrival, latencyMs: 5 } : arrival,
    ),
    ...every(10, 4_000, 4_700, 2_000),
    ...every(10, 4_700, 8_000, 5),
  ];
  const facts = madeFacts({ normal: madeClass(arrived) }, { phases });
  assert.equal(goodputKept('normal', 'spike')(facts), 50);
  const back = recoverySeconds('normal')(facts)!;
  assert.ok(back >= 0.6 && back <= 0.8, String(back));
  const never = madeFacts({ normal: madeClass(every(10, 0, 8_000, 900)) }, { phases });
  assert.ok(recoverySeconds('normal')(never)! > 3);
});
