import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSweeps } from './sweeps.ts';

/** A clock that runs what is next when it is told to, and connections that note how they are looked at. */
function ground(connections: number) {
  const looks: { id: number; now: number; heldUpMs: number }[] = [];
  const all = Array.from({ length: connections }, (_, id) => ({
    sweep: (now: number, heldUpMs: number) => void looks.push({ id, now, heldUpMs }),
  }));
  let next: { run: () => void; ms: number } | undefined;
  const clock = {
    ms: 0,
    now: () => clock.ms,
    setTimeout: (run: () => void, ms: number) => void (next = { run, ms }),
    setImmediate: (run: () => void) => void (next = { run, ms: 0 }),
  };
  const stop = startSweeps(() => all, { everyMs: 1_000, perTurnMax: 3 }, clock);
  /** The looks of the next turn, which begins so late. */
  const turn = (lateMs = 0) => {
    const { run, ms } = next!;
    next = undefined;
    clock.ms += ms + lateMs;
    run();
    return looks.splice(0);
  };
  return { turn, stop, waits: () => next?.ms };
}

test('a sweep looks at a few connections a turn, and the next begins in time', () => {
  const { turn, waits } = ground(7);
  assert.deepEqual(
    turn().map(({ id }) => id),
    [0, 1, 2],
  );
  assert.deepEqual(
    [...turn(30), ...turn(20)].map(({ id }) => id),
    [3, 4, 5, 6],
  );
  assert.equal(waits(), 950);
  assert.equal(turn()[0]!.now, 2_000);
});

test('time in which the process was held up, also within a sweep, is told at the next', () => {
  const { turn, waits } = ground(4);
  assert.deepEqual(
    turn(200).map(({ heldUpMs }) => heldUpMs),
    [200, 200, 200],
  );
  assert.deepEqual(turn(40_000), [{ id: 3, now: 1_200, heldUpMs: 200 }]);
  assert.equal(waits(), 0);
  assert.deepEqual(turn()[0], { id: 0, now: 41_200, heldUpMs: 39_000 });
});

test('nobody is looked at after the end', () => {
  const { turn, stop, waits } = ground(4);
  turn();
  stop();
  assert.deepEqual(turn(), []);
  assert.equal(waits(), undefined);
});
