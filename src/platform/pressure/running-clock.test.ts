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
