import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFlushSchedule } from './flush-schedule.ts';
import { limits } from './limits.ts';

/** A clock that stands still but for work and waiting. */
function handClock() {
  const queue: { at: number; run: () => void }[] = [];
  const clock = {
    nowMs: 1_000,
    now: () => clock.nowMs,
    setImmediate: (run: () => void) => void queue.push({ at: clock.nowMs, run }),
    // As Node's: without fractions, which it cuts off.
    setTimeout: (run: () => void, ms: number) =>
      void queue.push({ at: clock.nowMs + Math.trunc(ms), run }),
    /** Runs what comes next, at its time. */
    next() {
      queue.sort((a, b) => a.at - b.at);
      const { at, run } = queue.shift()!;
      clock.nowMs = Math.max(clock.nowMs, at);
      run();
    },
  };
  return clock;
}

function scheduleWith(clock: ReturnType<typeof handClock>) {
  const delays: number[] = [];
  const schedule = createFlushSchedule({ clock, flushed: (delayMs) => void delays.push(delayMs) });
  /** Asks for a flush that takes so long; tells when it began. */
  const flush = (tookMs: number): number => {
    let beganAt = 0;
    schedule(() => {
      beganAt = clock.nowMs;
      clock.nowMs += tookMs;
      return true;
    });
    clock.next();
    return beganAt;
  };
  return { flush, delays, schedule };
}

test('with nothing else to do a value goes out at once', () => {
  const clock = handClock();
  const { flush, delays } = scheduleWith(clock);
  assert.equal(flush(2), clock.nowMs - 2);
  clock.nowMs += 2;
  assert.equal(flush(2), clock.nowMs - 2);
  assert.deepEqual(delays, [2, 2]);
});

test('under load a flush waits as long as the last one took, but never longer than 20 ms', () => {
  const clock = handClock();
  const { flush } = scheduleWith(clock);
  for (const tookMs of [5, 15, 20, 80, 300]) {
    flush(tookMs);
    const endedAt = clock.nowMs;
    assert.equal(flush(0) - endedAt, Math.min(tookMs, limits.flushWaitMaxMs));
    clock.nowMs += 1_000;
  }
  assert.equal(limits.flushWaitMaxMs, 20);
});

test('a fraction of a millisecond is waited for too, though timers cut it off', () => {
  const clock = handClock();
  const { flush } = scheduleWith(clock);
  flush(9.4);
  const endedAt = clock.nowMs;
  assert.ok(flush(0) - endedAt >= 9.4);
});

test('a flush that stops early lets other work in and goes on without a wait', () => {
  const clock = handClock();
  const { schedule, delays } = scheduleWith(clock);
  const order: string[] = [];
  let slices = 3;
  schedule(() => {
    order.push('slice');
    clock.setImmediate(() => void order.push('other work'));
    clock.nowMs += 5;
    return (slices -= 1) === 0;
  });
  for (let step = 0; step < 5; step += 1) clock.next();
  assert.deepEqual(order, ['slice', 'other work', 'slice', 'other work', 'slice']);
  assert.deepEqual(delays, [15]);
});

test('with a real clock, what is due while a flush works shares the next one', async () => {
  const done = Promise.withResolvers<void>();
  const schedule = createFlushSchedule({
    clock: { now: () => performance.now(), setImmediate, setTimeout },
    flushed() {},
  });
  const spentMs = 10;
  const waits: number[] = [];
  let endedAt = 0;
  const flush = () => {
    const beganAt = performance.now();
    if (endedAt > 0) waits.push(beganAt - endedAt);
    while (performance.now() - beganAt < spentMs);
    endedAt = performance.now();
    if (waits.length === 5) done.resolve();
    else queueMicrotask(() => schedule(flush));
    return true;
  };
  schedule(flush);
  await done.promise;
  // Libuv's clock has whole milliseconds, so a timer may be one early; how late is the machine's.
  for (const wait of waits) assert.ok(wait >= spentMs - 1, `${wait} ms`);
});
