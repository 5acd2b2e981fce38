import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoopLag, memoryUsed, Pressure, sustainedWindows } from './pressure.ts';

test('only what stays over its limit raises the degree, and it falls again by steps', () => {
  let value = 0;
  const pressure = new Pressure({ pool: { limit: 1, read: () => value } });
  const windows = (count: number) => {
    for (let i = 0; i < count; i += 1) pressure.endWindow();
  };
  value = 5;
  windows(sustainedWindows - 1);
  assert.equal(pressure.degree, 0, 'a burst');
  value = 0;
  windows(1);
  value = 5;
  windows(sustainedWindows);
  assert.equal(pressure.degree, 0.1);
  assert.deepEqual(pressure.states.pool, { value: 5, limit: 1, over: true });
  windows(20);
  assert.equal(pressure.degree, 1);
  value = 0;
  windows(3);
  assert.ok(Math.abs(pressure.degree - 0.7) < 1e-9);
  windows(10);
  assert.equal(pressure.degree, 0);
});

test('one blocked turn of the loop is one window over, however long it was', () => {
  const clock = { ms: 0 };
  const lag = new LoopLag({ everyMs: 20, nowMs: () => clock.ms });
  const pressure = new Pressure({ loop: { limit: 100, read: () => lag.read() } });
  const run = (ms: number) => {
    for (const end = clock.ms + ms; clock.ms < end;) {
      clock.ms += 20;
      lag.tick();
    }
  };
  for (let i = 0; i < 8; i += 1) {
    run(240);
    pressure.endWindow();
    assert.equal(pressure.states.loop.value, 0);
  }
  clock.ms += 30_000;
  lag.tick();
  pressure.endWindow();
  assert.ok(pressure.states.loop.over);
  for (let i = 0; i < 8; i += 1) {
    run(240);
    pressure.endWindow();
    assert.equal(pressure.degree, 0);
  }
  // The control: a loop that is late all the time.
  for (let i = 0; i < 8; i += 1) {
    clock.ms += 250;
    lag.tick();
    pressure.endWindow();
  }
  assert.ok(pressure.degree > 0.4);
});

test('the memory is used in part', () => {
  const used = memoryUsed();
  assert.ok(used > 0 && used < 1, `${used}`);
});
