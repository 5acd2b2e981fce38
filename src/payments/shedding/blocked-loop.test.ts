import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { feelPressure } from './own-pressure.ts';
import { someTransfer, testPayments } from '../testing.ts';

/** Callers with a loop of their own: told a number, they send so many, and say what they heard. */
const callers = `
  const { parentPort, workerData: { url, headers, body } } = require('node:worker_threads');
  let keys = 0;
  const call = async () => (await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'idempotency-key': 'key-' + (keys += 1) },
    body,
  })).status;
  parentPort.on('message', async (count) => {
    parentPort.postMessage(await Promise.all(Array.from({ length: count }, call)));
  });
`;

test('a really blocked loop causes no refusals after it', async () => {
  const settings = {
    LS_IN_FLIGHT_START: '8',
    LS_IN_FLIGHT_MAX: '64',
    LS_TARGET_MS: '2000',
    LS_LOOP_LAG_MS: '60000',
  };
  await using payments = await testPayments(settings, feelPressure);
  const { core, stats } = payments;
  const worker = new Worker(callers, {
    eval: true,
    workerData: {
      url: `${payments.url}/payments/transfers`,
      headers: {
        authorization: `Bearer ${await payments.token()}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(someTransfer),
    },
  });
  const send = async (count: number) => {
    worker.postMessage(count);
    const [statuses] = (await once(worker, 'message')) as [number[]];
    return statuses;
  };
  const held = Promise.withResolvers<void>();
  core.hold = held.promise;
  const before = send(8);
  while ((await stats()).inFlight < 8) await new Promise(setImmediate);
  // The core answers at once, and takes a little for the next; this process sleeps through the first.
  setTimeout(held.resolve, 0);
  core.hold = new Promise((resolve) => setTimeout(resolve, 5_300));
  const meanwhile = send(8);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_000);
  assert.deepEqual(await before, Array(8).fill(201));
  assert.deepEqual(await meanwhile, Array(8).fill(201));
  assert.ok((await stats()).inFlightLimit >= 8);
  const metrics = await (await payments.get('/metrics')).text();
  const paused = Number(/^atlas_payments_paused_seconds_total (\S+)$/m.exec(metrics)?.[1]);
  assert.ok(paused > 4, `${paused} s`);
  await worker.terminate();
});
