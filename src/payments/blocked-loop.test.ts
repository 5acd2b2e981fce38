import assert from 'node:assert/strict';
import { test } from 'node:test';
import { someTransfer, testPayments } from './testing.ts';

test('a really blocked loop lowers no limit, and what came meanwhile is served', async () => {
  await using payments = await testPayments({
    LS_IN_FLIGHT_START: '8',
    LS_IN_FLIGHT_MAX: '64',
    LS_TARGET_MS: '1000',
  });
  const { core, transfer, stats } = payments;
  // Open connections and a known token, so that all is read at once.
  await Promise.all(Array.from({ length: 8 }, () => transfer(someTransfer)));
  const held = Promise.withResolvers<void>();
  core.hold = held.promise;
  const first = Array.from({ length: 8 }, () => transfer(someTransfer));
  while ((await stats()).inFlight < 8) await new Promise(setImmediate);
  assert.deepEqual((await stats()).reasons.inFlight.refusing, ['normal', 'bulk']);
  // The core answers at once; this process does not hear it.
  held.resolve();
  const waiting = Array.from({ length: 8 }, () => transfer(someTransfer));
  const until = performance.now() + 6_000;
  while (performance.now() < until);
  const answers = await Promise.all([...first, ...waiting]);
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
  for (let window = 0; window < 3; window += 1) {
    await new Promise((resolve) => setTimeout(resolve, 260));
    const { inFlightLimit } = await stats();
    assert.ok(inFlightLimit >= 8, `${inFlightLimit}`);
  }
  const metrics = await (await payments.get('/metrics')).text();
  const paused = Number(/^atlas_payments_paused_seconds_total (\S+)$/m.exec(metrics)?.[1]);
  assert.ok(paused > 5, `${paused} s`);
});
