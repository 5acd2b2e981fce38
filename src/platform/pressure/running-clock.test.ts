import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunningClock, tickMs } from './running-clock.ts';

test('the clock goes on while it is looked at, and stands still over a pause', () => {
  const real = { ms: 1_000 };
  const clock = new RunningClock({ nowMs: () => real.ms });
  const startedAtMs = clock.nowMs();
  for (let i = 0; i < 50; i += 1) {
    real.ms += tickMs;
    clock.nowMs();
  }
  assert.equal(clock.nowMs() - startedAtMs, 50 * tickMs);
  assert.equal(clock.pause.ms, 0);
  real.ms += 5_000;
  // Whoever looks first: the timer, or a request that waited in its socket.
  assert.equal(clock.nowMs() - startedAtMs, 51 * tickMs);
  assert.equal(clock.pausedMs, 5_000 - tickMs);
  real.ms += tickMs;
  assert.equal(clock.nowMs() - startedAtMs, 52 * tickMs);
  assert.deepEqual(clock.pause, { ms: 5_000 - tickMs, endedAtMs: startedAtMs + 51 * tickMs });
});

test('a timer that is a little late is no pause', () => {
  const real = { ms: 0 };
  const clock = new RunningClock({ nowMs: () => real.ms });
  for (let i = 0; i < 100; i += 1) {
    real.ms += tickMs + 25;
    clock.nowMs();
  }
  assert.equal(clock.pausedMs, 0);
});

/** Runs and stands still in turn, for so long. */
function alternate(
  real: { ms: number },
  clock: RunningClock,
  { runMs, stillMs, forMs }: { runMs: number; stillMs: number; forMs: number },
): void {
  for (const endMs = real.ms + forMs; real.ms < endMs;) {
    for (let ms = 0; ms < runMs; ms += 5) {
      real.ms += 5;
      clock.nowMs();
    }
    real.ms += stillMs;
    clock.nowMs();
  }
}

test('the time of a process that stands still for longer than it runs goes on', () => {
  const real = { ms: 0 };
  const clock = new RunningClock({ nowMs: () => real.ms });
  // As with 15 % of a processor.
  alternate(real, clock, { runMs: 15, stillMs: 85, forMs: 1_000 });
  assert.ok(clock.starved);
  const [paused, fromMs] = [clock.pausedMs, clock.nowMs()];
  assert.ok(paused < 500, `${paused}`);
  alternate(real, clock, { runMs: 15, stillMs: 85, forMs: 10_000 });
  assert.equal(clock.nowMs() - fromMs, 10_000);
  assert.equal(clock.pausedMs, paused);
  // A collection on top of it.
  real.ms += 5_000;
  assert.equal(clock.pausedMs, paused + 5_000 - tickMs - 200);
  // It has its processor back, and a collection is a pause again.
  alternate(real, clock, { runMs: 500, stillMs: 2_000, forMs: 2_000 });
  assert.equal(clock.pause.ms, 2_000 - tickMs);
  assert.ok(!clock.starved);
});

test('one pause, however long, is no want of processor; nor are some that it runs for longer between', () => {
  const real = { ms: 0 };
  const clock = new RunningClock({ nowMs: () => real.ms });
  alternate(real, clock, { runMs: 5, stillMs: 60_000, forMs: 60_000 });
  assert.ok(!clock.starved);
  alternate(real, clock, { runMs: 250, stillMs: 200, forMs: 10_000 });
  assert.ok(!clock.starved);
});
