import assert from 'node:assert/strict';
import { test } from 'node:test';
import { someTransfer, testPayments } from '../testing.ts';

const onePlace = { LS_IN_FLIGHT_START: '1', LS_IN_FLIGHT_MAX: '40' };

test('a retry of an admitted key goes through while normal and bulk are refused', async () => {
  await using payments = await testPayments(onePlace);
  const { core, transfer, batch, stats } = payments;
  const held = Promise.withResolvers<void>();
  core.hold = held.promise;
  const first = transfer(someTransfer, { 'idempotency-key': 'mine' });
  while ((await stats()).inFlight < 1) await new Promise(setImmediate);
  assert.equal((await transfer(someTransfer)).status, 503);
  assert.equal((await batch([{ key: 'b', ...someTransfer }])).status, 503);
  const again = transfer(someTransfer, { 'idempotency-key': 'mine' });
  while ((await stats()).inFlight < 2) await new Promise(setImmediate);
  const { admittedByClass, shed, reasons } = await stats();
  assert.deepEqual(admittedByClass, { critical: 1, normal: 1, bulk: 0 });
  assert.deepEqual([shed.normal.inFlight, shed.bulk.inFlight], [1, 1]);
  assert.deepEqual(reasons.inFlight.refusing, ['normal', 'bulk']);
  held.resolve();
  const [one, other] = await Promise.all([first, again]);
  assert.equal(await one.text(), await other.text());
});

test("nobody is let through for another's key, nor for a key that was refused", async () => {
  await using payments = await testPayments(onePlace);
  const { core, transfer, stats, token } = payments;
  const held = Promise.withResolvers<void>();
  core.hold = held.promise;
  const first = transfer(someTransfer, { 'idempotency-key': 'mine' });
  while ((await stats()).inFlight < 1) await new Promise(setImmediate);
  const mallory = { authorization: `Bearer ${await token({ subject: 'mallory' })}` };
  const stolen = { ...mallory, 'idempotency-key': 'mine' };
  assert.equal((await transfer(someTransfer, stolen)).status, 503, 'an unknown token');
  held.resolve();
  assert.equal((await first).status, 201);
  assert.equal((await transfer(someTransfer, mallory)).status, 201, 'the token is known now');
  const heldAgain = Promise.withResolvers<void>();
  core.hold = heldAgain.promise;
  const other = transfer(someTransfer, { 'idempotency-key': 'other' });
  while ((await stats()).inFlight < 1) await new Promise(setImmediate);
  assert.equal((await transfer(someTransfer, stolen)).status, 503);
  for (let i = 0; i < 3; i += 1) {
    const headers = { 'idempotency-key': 'refused' };
    assert.equal((await transfer(someTransfer, headers)).status, 503);
  }
  assert.equal((await stats()).shed.critical.inFlight, 0);
  heldAgain.resolve();
  assert.equal((await other).status, 201);
});

test('a token that says bulk is bulk, whatever key it sends; a header says nothing', async () => {
  await using payments = await testPayments();
  const { transfer, stats, token } = payments;
  const bulk = { authorization: `Bearer ${await token({ traffic: 'bulk' })}` };
  for (let i = 0; i < 2; i += 1) {
    const headers = { ...bulk, 'idempotency-key': 'twice' };
    assert.equal((await transfer(someTransfer, headers)).status, 201);
  }
  await transfer(someTransfer, { traffic: 'bulk', priority: 'u=0', 'x-traffic-class': 'critical' });
  assert.deepEqual((await stats()).admittedByClass, { critical: 0, normal: 1, bulk: 2 });
});
