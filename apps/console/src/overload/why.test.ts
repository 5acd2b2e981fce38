import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadSheddingStats } from '@atlas/client';
import type { Reason, TrafficClass } from './refusals.ts';
import { causesOf } from './why.ts';

const none = { deadline: 0, pressure: 0, inFlight: 0, rate: 0, quota: 0, queue: 0 };
const each = <T>(value: T) => ({ critical: value, normal: value, bulk: value });
const under = { value: 0, limit: 1, over: false };

/** A quiet role, but for what the test says of it. */
function statsOf(
  shed: Partial<Record<TrafficClass, Partial<Record<Reason, number>>>> = {},
  change: (stats: LoadSheddingStats) => void = () => undefined,
): LoadSheddingStats {
  const stats: LoadSheddingStats = {
    node: 'one',
    tokensAvailable: 800,
    ratePerSecond: 400,
    burstCapacity: 800,
    inFlight: 3,
    inFlightLimit: 64,
    inFlightLimits: { critical: 128, normal: 64, bulk: 32 },
    offeredPerSecond: 0,
    offeredPerSecondByClass: each(0),
    offered: 0,
    offeredByClass: each(0),
    admitted: 0,
    admittedByClass: each(0),
    shed: {
      critical: { ...none, ...shed.critical },
      normal: { ...none, ...shed.normal },
      bulk: { ...none, ...shed.bulk },
    },
    reasons: {
      deadline: { defaultMs: 10_000, maxMs: 60_000 },
      pressure: {
        refusing: [],
        degree: 0,
        admittedPart: each(1),
        loop: under,
        memory: under,
        pool: under,
      },
      inFlight: { refusing: [], meanMs: 40, targetMs: 100 },
      rate: {
        refusing: [],
        ceiling: 'alone',
        replicas: 1,
        tokensKept: { critical: 0, normal: 80, bulk: 200 },
      },
      quota: { ratePerSecond: 0, burstCapacity: 100, clients: 0, exhausted: 0 },
      queue: { transfers: 0, transfersMax: 20_000 },
    },
  };
  change(stats);
  return stats;
}

const causes = (...stats: LoadSheddingStats[]) =>
  causesOf(stats.map((value, i) => ({ atMs: i * 1_000, value })));

test('nothing is a cause while nobody is refused, whatever was refused long ago', () => {
  assert.deepEqual(causesOf([]), []);
  assert.deepEqual(
    causes(statsOf({ normal: { rate: 900 } }), statsOf({ normal: { rate: 900 } })),
    [],
  );
});

test('a slow core is named as what keeps the in-flight limit low', () => {
  const slow = statsOf({ normal: { inFlight: 120 }, bulk: { inFlight: 12 } }, (stats) => {
    stats.inFlight = stats.inFlightLimit = 23;
    stats.reasons.inFlight.meanMs = 210;
    stats.reasons.inFlight.refusing = ['normal', 'bulk'];
  });
  const [cause, ...others] = causes(statsOf(), slow);
  assert.deepEqual(others, []);
  assert.equal(cause!.refused, 132);
  assert.equal(cause!.whom, '120 normal and 12 bulk in the last 10 s');
  assert.equal(
    cause!.because,
    'The limit stands at 23 because the core answers in 210 ms, aimed at 100 ms; 23 in flight at this moment.',
  );
});

test('a class that would be refused is named before anybody is', () => {
  const short = statsOf({}, (stats) => {
    stats.tokensAvailable = 150;
    stats.reasons.rate.refusing = ['bulk'];
  });
  const [cause] = causes(statsOf(), short);
  assert.equal(cause!.whom, 'bulk would be refused now');
  assert.equal(
    cause!.because,
    'The ceiling admits 400 a second for this replica; 150 of 800 tokens are left, of which normal leaves 80 and bulk leaves 200 to the classes above.',
  );
});

test('a ceiling that replicas share says so, and that Redis is away', () => {
  const shared = (ceiling: 'shared' | 'own share') =>
    statsOf({ normal: { rate: 1 } }, ({ reasons: { rate } }) => {
      Object.assign(rate, { ceiling, replicas: 3 });
    });
  assert.match(causes(statsOf(), shared('shared'))[0]!.because, /for all 3 replicas together;/);
  assert.match(
    causes(statsOf(), shared('own share'))[0]!.because,
    /own share while Redis is away;/,
  );
});

test('pressure says which signal is over its limit, and what still gets in', () => {
  const pressed = statsOf({ bulk: { pressure: 4 } }, ({ reasons: { pressure } }) => {
    pressure.loop = { value: 143, limit: 100, over: true };
    pressure.admittedPart = { critical: 1, normal: 0.55, bulk: 0 };
  });
  assert.equal(
    causes(statsOf(), pressed)[0]!.because,
    'This replica is at its limits: its event loop is 143 ms late (limit 100 ms). 55 % of normal and 0 % of bulk get in.',
  );
});

test('pressure that has gone by is spoken of as gone by', () => {
  assert.equal(
    causes(statsOf(), statsOf({ normal: { pressure: 1 } }))[0]!.because,
    'This replica was at its limits and is back under them. All classes get in.',
  );
});

test('every reason has its sentence', () => {
  const all = { deadline: 1, pressure: 1, inFlight: 1, rate: 1, quota: 1, queue: 1 };
  const found = causes(statsOf(), statsOf({ normal: all }));
  assert.deepEqual(
    found.map(({ reason }) => reason),
    ['deadline', 'pressure', 'inFlight', 'rate', 'quota', 'queue'],
  );
  for (const { because } of found) assert.match(because, /^\w.+\.$/);
});
