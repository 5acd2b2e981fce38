import assert from 'node:assert/strict';
import { test } from 'node:test';
import { feelPressure } from '../../platform/pressure/own-pressure.ts';
import { standStill, startCallers } from '../../platform/pressure/testing.ts';
import { someTransfer, testPayments } from '../testing.ts';

test('a really blocked loop causes no refusals after it', async () => {
  const settings = {
    LS_IN_FLIGHT_START: '8',
    LS_IN_FLIGHT_MAX: '64',
    LS_TARGET_MS: '2000',
    LS_LOOP_LAG_MS: '60000',
  };
  await using payments = await testPayments(settings, feelPressure);
  const { core, stats } = payments;
  await using callers = startCallers({
    url: `${payments.url}/payments/transfers`,
    method: 'POST',
    headers: {
      authorization: `Bearer ${await payments.token()}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(someTransfer),
  });
  const held = Promise.withResolvers<void>();
  core.hold = held.promise;
  const before = callers.send(8);
  while ((await stats()).inFlight < 8) await new Promise(setImmediate);
  // The core answers at once, and takes a little for the next; this process sleeps through the first.
  setTimeout(held.resolve, 0);
  core.hold = new Promise((resolve) => setTimeout(resolve, 5_300));
  const meanwhile = callers.send(8);
  standStill(5_000);
  assert.deepEqual(await before, Array(8).fill(201));
  assert.deepEqual(await meanwhile, Array(8).fill(201));
  assert.ok((await stats()).inFlightLimit >= 8);
  const metrics = await (await payments.get('/metrics')).text();
  const paused = Number(/^atlas_payments_paused_seconds_total (\S+)$/m.exec(metrics)?.[1]);
  assert.ok(paused > 4, `${paused} s`);
});
