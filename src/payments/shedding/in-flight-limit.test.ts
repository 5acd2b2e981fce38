import assert from 'node:assert/strict';
import { test } from 'node:test';
import { windowMs } from '../../platform/pressure/pressure.ts';
import { RunningClock } from '../../platform/pressure/running-clock.ts';
import { InFlightLimit, type InFlightLimitOptions } from './in-flight-limit.ts';
import { Simulation } from './simulation.ts';
import { trafficClasses } from '../../platform/pressure/traffic-class.ts';

/** One that never pauses. */
const handClock = (nowMs: () => number) => ({ nowMs, pause: { ms: 0, endedAtMs: 0 } });

const limits = { start: 64, max: 2_048, targetMs: 100 };

test('the first burst after the start and after a quiet time meets the start limit', () => {
  const clock = { ms: 0 };
  const limit = new InFlightLimit({ ...limits, clock: handClock(() => clock.ms) });
  assert.equal(limit.limit, 64);
  // A bad minute: full, and nothing completes.
  for (let i = 0; i < 64; i += 1) limit.enter();
  for (let window = 0; window < 20; window += 1) {
    clock.ms += 250;
    limit.endWindow();
  }
  assert.equal(limit.limit, 4, 'the floor');
  assert.ok(limit.full('normal'));
  for (let i = 0; i < 64; i += 1) limit.leave(1, false);
  for (let window = 0; window < 2; window += 1) {
    clock.ms += 250;
    limit.endWindow();
  }
  assert.equal(limit.limit, 64);
});

test('a limit that is never reached does not move', () => {
  const clock = { ms: 0 };
  const limit = new InFlightLimit({ ...limits, clock: handClock(() => clock.ms) });
  for (let window = 0; window < 40; window += 1) {
    limit.enter();
    clock.ms += 240;
    limit.leave(1, true);
    limit.enter();
    clock.ms += 10;
    limit.endWindow();
    limit.leave(1, true);
  }
  assert.equal(limit.limit, 64);
});

test('a full limit settles at completions per second times the target, plus one', () => {
  const simulation = new Simulation({ ...limits, capacityPerSecond: 400, offeredPerSecond: 4_000 });
  simulation.run(10_000);
  assert.ok(Math.abs(simulation.limit.limit - 41) <= 4, `${simulation.limit.limit}`);
});

test('a burst that a fast core takes in milliseconds does not lower the limit', () => {
  const clock = { ms: 0 };
  const limit = new InFlightLimit({ ...limits, clock: handClock(() => clock.ms) });
  for (let i = 0; i < 64; i += 1) limit.enter();
  clock.ms += 5;
  for (let i = 0; i < 64; i += 1) limit.leave(1, true);
  limit.enter();
  clock.ms += 245;
  limit.endWindow();
  assert.ok(limit.limit > 64, `${limit.limit}`);
});

test('requests that fail before the core do not raise the limit of a slow one', () => {
  const clock = { ms: 0 };
  const limit = new InFlightLimit({ ...limits, clock: handClock(() => clock.ms) });
  for (let i = 0; i < 63; i += 1) limit.enter();
  for (let window = 0; window < 20; window += 1) {
    for (let i = 0; i < 500; i += 1) {
      limit.enter();
      limit.leave(1, false);
    }
    clock.ms += 250;
    limit.endWindow();
  }
  assert.equal(limit.limit, 4);
});

test('the limit stays within its floor and its maximum', () => {
  const fast = new Simulation({ ...limits, capacityPerSecond: 1e6, offeredPerSecond: 100_000 });
  fast.run(1_000);
  assert.ok(fast.limit.limit <= 2_048);
  const tiny = new InFlightLimit({ start: 1, max: 1, targetMs: 100, clock: handClock(() => 0) });
  tiny.enter();
  tiny.endWindow();
  assert.equal(tiny.limit, 1);
});

test('after a brown-out the goodput returns within two seconds, and without the limit it does not', () => {
  const load = { ...limits, capacityPerSecond: 100, offeredPerSecond: 85, deadlineMs: 500 };
  const limited = new Simulation(load);
  const unlimited = new Simulation({ ...load, start: 1e6, max: 1e6 });
  for (const simulation of [limited, unlimited]) {
    simulation.run(10_000);
    simulation.capacityPerSecond = 33;
    simulation.run(10_000);
    simulation.capacityPerSecond = 100;
    simulation.run(2_000);
  }
  const after = limited.run(10_000);
  assert.ok(after.goodPerSecond > 80, `with the limit ${after.goodPerSecond}/s`);
  // The control: what queued in the brown-out is all late, and so is everything behind it.
  const control = unlimited.run(10_000);
  assert.ok(control.goodPerSecond < 10, `without it ${control.goodPerSecond}/s`);
});

test('at ten times its capacity a core keeps nearly all of its goodput', () => {
  const load = { ...limits, capacityPerSecond: 450, deadlineMs: 500 };
  for (const times of [1, 2, 5, 10]) {
    const simulation = new Simulation({ ...load, offeredPerSecond: 450 * times });
    simulation.run(3_000);
    const { goodPerSecond, p99Ms } = simulation.run(10_000);
    assert.ok(goodPerSecond > (times === 1 ? 400 : 427), `${times}x: ${goodPerSecond}/s`);
    assert.ok(p99Ms < 2 * limits.targetMs, `${times}x: p99 ${p99Ms} ms`);
  }
});

test('each class sees a limit of its own, within the maximum', () => {
  const limit = new InFlightLimit({ ...limits, clock: handClock(() => 0) });
  assert.deepEqual(limit.limits, { critical: 128, normal: 64, bulk: 32 });
  for (let i = 0; i < 32; i += 1) limit.enter();
  const full = () => trafficClasses.filter((kind) => limit.full(kind));
  assert.deepEqual(full(), ['bulk']);
  for (let i = 0; i < 32; i += 1) limit.enter();
  assert.deepEqual(full(), ['normal', 'bulk']);
  for (let i = 0; i < 64; i += 1) limit.enter();
  assert.deepEqual(full(), ['critical', 'normal', 'bulk']);
  const slow = new InFlightLimit({ ...limits, start: 4, clock: handClock(() => 0) });
  assert.equal(slow.limitOf('critical'), 52, 'arrivals come in bunches');
  const small = new InFlightLimit({ start: 1, max: 1, targetMs: 100, clock: handClock(() => 0) });
  assert.deepEqual(small.limits, { critical: 1, normal: 1, bulk: 1 });
});

test('what waits in its place for tokens does not make the core look slow', () => {
  const limitAfter = (resting: number) => {
    const clock = { ms: 0 };
    const limit = new InFlightLimit({ ...limits, clock: handClock(() => clock.ms) });
    for (let i = 0; i < 64; i += 1) limit.enter();
    limit.rest(resting);
    // The core completes 100 a second, each in 10 ms.
    for (let window = 0; window < 8; window += 1) {
      for (let ms = 0; ms < 250; ms += 10) {
        clock.ms += 10;
        limit.leave(1, true);
        limit.enter();
      }
      limit.endWindow();
    }
    return limit.limit;
  };
  assert.ok(limitAfter(63) >= 64, `${limitAfter(63)}`);
  // The control: batches that are taken to be at the core.
  assert.ok(limitAfter(0) < 16, `${limitAfter(0)}`);
});

test('a pause of this process is not read as a slow core, whatever is seen first after it', () => {
  const lowestAfterPause = (
    clockOf: (real: () => number) => InFlightLimitOptions['clock'],
    first: 'timer' | 'answers',
  ) => {
    const real = { ms: 0 };
    const clock = clockOf(() => real.ms);
    const limit = new InFlightLimit({ ...limits, clock });
    const seen: number[] = [];
    const endWindow = () => {
      limit.endWindow();
      seen.push(limit.limit);
    };
    const answers = () => {
      for (let i = 0; i < 64; i += 1) limit.leave(1, true);
    };
    for (let i = 0; i < 64; i += 1) limit.enter();
    real.ms += 10;
    clock.nowMs();
    // A collection, or a blocked loop; what the core answered meanwhile is read after it.
    real.ms += 3_000;
    if (first === 'timer') endWindow();
    answers();
    for (let window = 0; window < 3; window += 1) {
      for (let ms = 0; ms < 250; ms += 10) {
        real.ms += 10;
        clock.nowMs();
      }
      endWindow();
    }
    return Math.min(...seen);
  };
  for (const first of ['timer', 'answers'] as const) {
    const kept = lowestAfterPause((nowMs) => new RunningClock({ nowMs }), first);
    assert.ok(kept >= 64, `${first}: ${kept}`);
    // The control: a clock that goes on.
    const control = lowestAfterPause(handClock, first);
    assert.ok(control < 40, `${first}: ${control}`);
  }
});

test('what arrived in a pause comes in at once after it, within twice the limit', () => {
  const real = { ms: 0 };
  const clock = new RunningClock({ nowMs: () => real.ms });
  const limit = new InFlightLimit({ ...limits, clock });
  for (let i = 0; i < 64; i += 1) limit.enter();
  assert.ok(limit.full('normal'));
  real.ms += 120;
  // 640 a second for 100 ms.
  assert.equal(limit.limitOf('normal'), 128);
  real.ms += 5_000;
  assert.equal(limit.limitOf('normal'), 128, 'not more for a longer one');
  for (let ms = 0; ms < 110; ms += 10) {
    real.ms += 10;
    clock.nowMs();
  }
  assert.equal(limit.limitOf('normal'), 64, 'for the time of the target');
});

const overloaded = { ...limits, capacityPerSecond: 450, offeredPerSecond: 4_500, deadlineMs: 500 };

test('the same settings hold when the core becomes three times slower or faster', () => {
  const simulation = new Simulation({ ...overloaded, offeredPerSecond: 13_500 });
  for (const capacity of [450, 150, 450, 1_350, 450]) {
    simulation.capacityPerSecond = capacity;
    simulation.run(2_000);
    const { goodPerSecond, p99Ms } = simulation.run(5_000);
    assert.ok(goodPerSecond > 0.95 * capacity, `${capacity}: ${goodPerSecond}/s`);
    assert.ok(p99Ms < 2 * limits.targetMs, `${capacity}: p99 ${p99Ms} ms`);
  }
});

test('a core that takes longer than the target for one alone is given little, as docs/load-shedding.md says', () => {
  /** It takes as many at once as come, each for so long. */
  const perSecond = (tookMs: number) => {
    let nowMs = 0;
    const limit = new InFlightLimit({ ...limits, clock: handClock(() => nowMs) });
    const endsMs: number[] = [];
    let completed = 0;
    for (; nowMs < 60_000; nowMs += 1) {
      for (; endsMs[0]! <= nowMs; endsMs.shift()) {
        limit.leave(1, true);
        if (nowMs >= 50_000) completed += 1;
      }
      for (let arrivals = 0; arrivals < 2; arrivals += 1) {
        if (limit.full('normal')) limit.wasShort();
        else {
          limit.enter();
          endsMs.push(nowMs + tookMs);
        }
      }
      if (nowMs % windowMs === 0) limit.endWindow();
    }
    return Math.round(completed / 10);
  };
  assert.deepEqual([90, 110, 150].map(perSecond), [2_000, 96, 26]);
});

test('a second after a spike, a brown-out and a stall of 5 s the goodput is full again', () => {
  const full = 0.95 * 360;
  const calm = () => new Simulation({ ...overloaded, offeredPerSecond: 360 });
  for (const [name, disturb] of [
    ['spike', (s: Simulation) => void (s.offeredPerSecond = 4_500)],
    ['brown-out', (s: Simulation) => void (s.capacityPerSecond = 150)],
    ['stall', (s: Simulation) => void (s.capacityPerSecond = 0)],
  ] as const) {
    const simulation = calm();
    simulation.run(5_000);
    disturb(simulation);
    simulation.run(5_000);
    simulation.capacityPerSecond = 450;
    simulation.offeredPerSecond = 360;
    simulation.run(1_000);
    const { goodPerSecond } = simulation.run(5_000);
    assert.ok(goodPerSecond > full, `${name}: ${goodPerSecond}/s`);
  }
});

test('at ten times the capacity the critical class is served while it is below 70 % of it', () => {
  const run = (criticalPart: number) => {
    const simulation = new Simulation({ ...overloaded, criticalPart });
    simulation.run(3_000);
    return simulation.run(60_000);
  };
  const { criticalGood, goodPerSecond, p99Ms } = run(0.065);
  assert.ok(criticalGood >= 0.999, `${criticalGood}`);
  assert.ok(goodPerSecond > 0.95 * 450, `${goodPerSecond}/s`);
  assert.ok(p99Ms < 2 * limits.targetMs, `p99 ${p99Ms} ms`);
});
