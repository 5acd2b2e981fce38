import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { ProblemError } from '../../contracts/problems.ts';
import { createLog } from '../logs.ts';
import { createMetrics } from '../metrics.ts';
import { Guard, spreadSeconds } from './guard.ts';
import { Guards } from './guards.ts';

const limits = { atOnceMax: 2, waitingMax: 1, timeoutMs: 20, failuresMax: 3, openMs: 500 };
const away = () => Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }));
const wrong = () => Promise.reject(new Error('syntax'));
const well = async () => 'well';

function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

function createGuard(more: Partial<typeof limits> = {}) {
  const clock = { aheadMs: 0 };
  const guard = new Guard({
    name: 'test',
    of: 'the book',
    limits: { ...limits, ...more },
    isFailure: (error) => (error as { code?: string }).code === 'ECONNREFUSED',
    nowMs: () => performance.now() + clock.aheadMs,
    random: () => 0.5,
  });
  return { guard, clock };
}

test('more calls than places and waiters are refused as overload, to be sent again after a while', async () => {
  const { guard } = createGuard({ timeoutMs: 60_000 });
  const held = Promise.withResolvers<string>();
  const calls = [1, 2, 3].map(() => guard.run(() => held.promise));
  await assert.rejects(guard.run(well), (error: ProblemError) => {
    assert.deepEqual([error.code, error.retryAfterSeconds], ['overloaded', 3]);
    return true;
  });
  assert.equal(guard.refused.full, 1);
  held.resolve('late');
  assert.deepEqual(await Promise.all(calls), ['late', 'late', 'late']);
  assert.equal(await guard.run(well), 'well');
});

test('a call that is over its time keeps its place until it has ended; nobody waits behind stuck ones', async () => {
  const { guard } = createGuard();
  const held = Promise.withResolvers<string>();
  const calls = [1, 2].map(() => guard.run(() => held.promise));
  await Promise.all(calls.map((call) => assert.rejects(call, { code: 'unavailable' })));
  assert.equal(guard.bulkhead.running, 2);
  await assert.rejects(guard.run(well), { code: 'unavailable' });
  assert.equal(guard.refused.stuck, 1);
  assert.equal(guard.bulkhead.waiting, 0);
  held.resolve('late');
  await new Promise(setImmediate);
  assert.equal(guard.bulkhead.running, 0);
  assert.equal(await guard.run(well), 'well');
});

test('a call that nobody waits for leaves the line, or is told to end, and says nothing of the dependency', async () => {
  const { guard } = createGuard({ timeoutMs: 60_000, atOnceMax: 1, failuresMax: 1 });
  const callers = [new AbortController(), new AbortController()];
  const gone = new Error('gone');
  const ended = Promise.withResolvers<string>();
  let told = false;
  const called = guard.run((signal) => {
    signal.addEventListener('abort', () => (told = true));
    return ended.promise;
  }, callers[0]!.signal);
  const inLine = guard.run(well, callers[1]!.signal);
  assert.equal(guard.bulkhead.waiting, 1);
  callers[1]!.abort(gone);
  await assert.rejects(inLine, gone);
  assert.equal(guard.bulkhead.waiting, 0);
  callers[0]!.abort(gone);
  await assert.rejects(called, gone);
  assert.ok(told);
  assert.equal(guard.bulkhead.running, 1, 'until it has ended');
  ended.reject(new Error('cancelled'));
  await new Promise(setImmediate);
  assert.deepEqual([guard.bulkhead.running, guard.breaker.state], [0, 'closed']);
  await assert.rejects(guard.run(well, AbortSignal.abort(gone)), gone);
  assert.equal(guard.dropped, 2);
  assert.equal(await guard.run(well), 'well');
});

test('failures in a row close the way for a while, then one call tries', async () => {
  const { guard, clock } = createGuard();
  for (let i = 0; i < 3; i += 1) await assert.rejects(guard.run(away), { code: 'unavailable' });
  let calls = 0;
  const counted = async () => (calls += 1);
  await assert.rejects(guard.run(counted), { code: 'unavailable' });
  clock.aheadMs = 500;
  const held = Promise.withResolvers<string>();
  const probe = guard.run(() => held.promise);
  await assert.rejects(guard.run(counted), { code: 'unavailable' });
  assert.equal(calls, 0);
  held.resolve('back');
  assert.equal(await probe, 'back');
  assert.equal(await guard.run(counted), 1);
});

test('an answer that came while this process stood still is not late', async () => {
  const { guard } = createGuard();
  const { port1, port2 } = new MessageChannel();
  const answer = guard.run(() => {
    port1.postMessage('answer');
    // After the guard's clock has begun to run for this call.
    queueMicrotask(() => standStill(3 * limits.timeoutMs));
    return once(port2, 'message');
  });
  const [heard] = await answer;
  port1.close();
  assert.equal(heard, 'answer');
});

test('a mistake in a call is its own, and not taken for an absent dependency', async () => {
  const { guard } = createGuard();
  for (let i = 0; i < 9; i += 1) await assert.rejects(guard.run(wrong), /syntax/);
  assert.equal(guard.breaker.state, 'closed');
});

test('metrics show the state, the calls and why calls were refused', async () => {
  const guards = new Guards(createLog('test', 'silent'));
  const metrics = createMetrics('test');
  guards.expose(metrics);
  const { guard } = createGuard();
  guards.add(guard);
  for (let i = 0; i < 3; i += 1) await assert.rejects(guard.run(away));
  await assert.rejects(guard.run(well));
  const text = await metrics.registry.metrics();
  assert.match(text, /^atlas_test_dependency_state\{dependency="test"\} 2$/m);
  assert.match(text, /^atlas_test_dependency_calls_limit\{dependency="test"\} 2$/m);
  assert.match(text, /^atlas_test_dependency_opened_total\{dependency="test"\} 1$/m);
  assert.match(text, /^atlas_test_dependency_refused_total\{dependency="test",reason="open"\} 1$/m);
});

test('refusals are written to the log once a second, with their number', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const log = createLog('test', 'silent');
  const lines: unknown[] = [];
  log.warn = (line: unknown) => lines.push(line);
  const { guard } = createGuard();
  new Guards(log).add(guard);
  guard.breaker.trip();
  for (let i = 0; i < 1_000; i += 1) await assert.rejects(guard.run(well));
  t.mock.timers.tick(1_000);
  assert.deepEqual(lines, [
    { dependency: 'test' },
    { dependency: 'test', reason: 'open', times: 1_000 },
  ]);
});

test('those who are refused are told different times', () => {
  const seconds = [0, 0.3, 0.6, 0.99].map((drawn) => spreadSeconds(() => drawn));
  assert.deepEqual(seconds, [1, 2, 3, 4]);
});
