import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Breaker } from './breaker.ts';

function createBreaker({ probesMax = 2 } = {}) {
  const clock = { nowMs: 0 };
  const changes: string[] = [];
  const breaker = new Breaker({
    failuresMax: 3,
    openMs: 500,
    probesMax,
    nowMs: () => clock.nowMs,
  });
  breaker.onChange = (state) => changes.push(state);
  const fail = (times: number) => {
    for (let i = 0; i < times; i += 1) breaker.enter()!.failed();
  };
  return { breaker, clock, changes, fail };
}

test('failures in a row open it, and a success between them begins the count anew', () => {
  const { breaker, fail } = createBreaker();
  fail(2);
  breaker.enter()!.succeeded();
  fail(2);
  assert.equal(breaker.state, 'closed');
  fail(1);
  assert.equal(breaker.state, 'open');
  assert.equal(breaker.enter(), undefined);
});

test('after its time so many probes try and no more, and one that succeeds closes it', () => {
  const { breaker, clock, changes, fail } = createBreaker();
  fail(3);
  clock.nowMs = 499;
  assert.equal(breaker.enter(), undefined);
  clock.nowMs = 500;
  assert.equal(breaker.state, 'half_open');
  const probes = [breaker.enter()!, breaker.enter()!];
  assert.equal(breaker.enter(), undefined);
  assert.ok(breaker.refuses);
  probes[0]!.succeeded();
  assert.equal(breaker.state, 'closed');
  // The other one began while nobody knew: it may not count against the dependency as it is now.
  probes[1]!.failed();
  fail(2);
  assert.equal(breaker.state, 'closed');
  assert.deepEqual(changes, ['open', 'closed']);
  assert.deepEqual(breaker.counts, { opened: 1, probesPassed: 1, probesFailed: 0 });
});

test('a probe that fails opens it for as long again, and is not told as a change', () => {
  const { breaker, clock, changes, fail } = createBreaker();
  fail(3);
  clock.nowMs = 500;
  breaker.enter()!.failed();
  assert.equal(breaker.state, 'open');
  clock.nowMs = 999;
  assert.equal(breaker.enter(), undefined);
  clock.nowMs = 1_000;
  breaker.enter()!.succeeded();
  assert.equal(breaker.state, 'closed');
  assert.deepEqual(changes, ['open', 'closed']);
});

test('a probe whose caller went away makes room for another', () => {
  const { breaker, clock, fail } = createBreaker({ probesMax: 1 });
  fail(3);
  clock.nowMs = 500;
  breaker.enter()!.dropped();
  assert.equal(breaker.state, 'half_open');
  assert.ok(breaker.enter());
});

test('what began before it opened neither closes it nor keeps it open', () => {
  const { breaker, clock, fail } = createBreaker();
  const slow = [breaker.enter()!, breaker.enter()!];
  fail(3);
  slow[0]!.succeeded();
  assert.equal(breaker.state, 'open');
  clock.nowMs = 500;
  slow[1]!.failed();
  assert.equal(breaker.state, 'half_open');
});

test('a call tells once how it went', () => {
  const { breaker } = createBreaker();
  const attempt = breaker.enter()!;
  for (let i = 0; i < 9; i += 1) attempt.failed();
  assert.equal(breaker.state, 'closed');
});
