import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../src/commands/demo/random.ts';
import { arrivals } from './arrivals.ts';
import { brownOut, ramp, scaled, spike, steady, step, type Shape } from './shapes.ts';

const all = (shape: Shape, seed = 7) => [...arrivals(shape, seededRandom(seed))];
const within = (times: readonly number[], fromSeconds: number, toSeconds: number) =>
  times.filter((ms) => ms >= fromSeconds * 1_000 && ms < toSeconds * 1_000).length;

/** Of a Poisson count: five standard deviations either way, and the seed is fixed. */
function assertAbout(count: number, expected: number): void {
  assert.ok(Math.abs(count - expected) <= 5 * Math.sqrt(expected), `${count}, not ${expected}`);
}

test('the same seed makes the same arrivals, another seed others', () => {
  const shape = steady({ perSecond: 500, seconds: 2 });
  assert.deepEqual(all(shape, 1), all(shape, 1));
  assert.notDeepEqual(all(shape, 1), all(shape, 2));
});

test('arrivals are a Poisson process: the gaps are as uneven as chance makes them', () => {
  const times = all(steady({ perSecond: 1_000, seconds: 60 }));
  assertAbout(times.length, 60_000);
  const gaps = times.slice(1).map((ms, index) => ms - times[index]!);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
  // Exponential gaps: the deviation is the mean, and e⁻¹ of them are longer than the mean.
  assert.ok(Math.abs(Math.sqrt(variance) / mean - 1) < 0.03, String(Math.sqrt(variance) / mean));
  const longer = gaps.filter((gap) => gap > mean).length / gaps.length;
  assert.ok(Math.abs(longer - Math.exp(-1)) < 0.01, String(longer));
});

test('a spike is ten times the rate in its quarter, and only there', () => {
  const times = all(spike({ perSecond: 200, seconds: 40 }));
  assertAbout(within(times, 0, 10), 2_000);
  assertAbout(within(times, 10, 20), 20_000);
  assertAbout(within(times, 20, 40), 4_000);
});

test('a step, a ramp and a brown-out come at their rates', () => {
  const stepped = all(step({ fromPerSecond: 100, perSecond: 900, seconds: 20 }));
  assertAbout(within(stepped, 0, 10), 1_000);
  assertAbout(within(stepped, 10, 20), 9_000);
  const ramped = all(ramp({ fromPerSecond: 0, perSecond: 1_000, seconds: 50 }));
  assertAbout(within(ramped, 0, 20), 5_000);
  assertAbout(within(ramped, 20, 40), 15_000);
  assertAbout(within(ramped, 40, 50), 10_000);
  assertAbout(all(brownOut({ perSecond: 300, seconds: 20 })).length, 6_000);
});

test('classes that share a shape have their shares of it, spike included', () => {
  const shape = spike({ perSecond: 200, seconds: 40 });
  const quarter = scaled(shape, 0.25);
  for (const at of [0, 12, 39]) assert.equal(quarter.perSecondAt(at), shape.perSecondAt(at) / 4);
  assertAbout(within(all(quarter), 10, 20), 5_000);
});

test('phases follow each other without gaps from the start to the end', () => {
  const both = { fromPerSecond: 1, perSecond: 2, seconds: 30 };
  for (const shape of [steady(both), step(both), ramp(both), spike(both), brownOut(both)]) {
    assert.equal(shape.phases[0]!.fromSeconds, 0);
    assert.equal(shape.phases.at(-1)!.toSeconds, 30);
    for (const [index, phase] of shape.phases.entries()) {
      if (index > 0) assert.equal(phase.fromSeconds, shape.phases[index - 1]!.toSeconds);
    }
  }
});
