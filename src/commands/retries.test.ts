import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TryAgain, createRetries } from './retries.ts';

function onFakeClock({ random = 0.5, repeatsPerSecondMax = 100, giveUpAfterMs = 10_000 } = {}) {
  let now = 0;
  const pauses: number[] = [];
  const retries = createRetries({
    giveUpAfterMs,
    repeatsPerSecondMax,
    random: () => random,
    nowMs: () => now,
    async pause(ms) {
      pauses.push(ms);
      now += ms;
    },
  });
  return { retries, pauses };
}

/** Fails so many times, then succeeds. */
function failing(times: number, error: Error) {
  let failures = 0;
  return async () => {
    if (failures++ < times) throw error;
    return 'done';
  };
}

test('pauses are drawn from a range that doubles up to five seconds', async () => {
  const { retries, pauses } = onFakeClock({ giveUpAfterMs: 60_000 });
  assert.equal(await retries.run(failing(8, new TryAgain('busy'))), 'done');
  assert.deepEqual(pauses, [50, 100, 200, 400, 800, 1_600, 2_500, 2_500]);
});

test('a pause is never shorter than Retry-After asks', async () => {
  const { retries, pauses } = onFakeClock({ random: 0 });
  await retries.run(failing(1, new TryAgain('busy', 3_000)));
  assert.deepEqual(pauses, [3_000]);
});

test('any other error is final at once', async () => {
  const { retries, pauses } = onFakeClock();
  await assert.rejects(retries.run(failing(1, new Error('refused'))), { message: 'refused' });
  assert.deepEqual(pauses, []);
});

test('a call gives up with the last error before it would pass its time', async () => {
  const { retries, pauses } = onFakeClock({ giveUpAfterMs: 1_000 });
  const never = failing(Number.POSITIVE_INFINITY, new TryAgain('away'));
  await assert.rejects(retries.run(never), { message: 'away' });
  assert.deepEqual(pauses, [50, 100, 200, 400]);
});

test('all calls together repeat no more often than the budget allows', async () => {
  let now = 0;
  const at: number[] = [];
  const retries = createRetries({
    giveUpAfterMs: 60_000,
    repeatsPerSecondMax: 10,
    random: () => 0,
    nowMs: () => now,
    async pause(ms) {
      at.push(now + ms);
    },
  });
  const calls = Array.from({ length: 50 }, () => retries.run(failing(1, new TryAgain('busy'))));
  await Promise.all(calls);
  const within = (fromMs: number, toMs: number) => at.filter((t) => t >= fromMs && t < toMs).length;
  assert.deepEqual([within(0, 100), within(100, 1_050), within(1_050, 2_050)], [10, 10, 10]);
  now = 5_000;
});
