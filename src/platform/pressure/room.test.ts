import assert from 'node:assert/strict';
import { test } from 'node:test';
import { windowMs } from './pressure.ts';
import { Room } from './room.ts';

const max = 4_096;
const targetMs = 200;

/** A process as a queue with one server: what it holds, and what has been answered in time. */
class Process {
  readonly #clock = { ms: 0 };
  readonly room = new Room({ max, targetMs, nowMs: () => this.#clock.ms });
  perSecond: number;
  /** Of processor. */
  short = true;
  readonly #heldSinceMs: number[] = [];
  #due = 0;
  #done = 0;

  constructor(perSecond: number) {
    this.perSecond = perSecond;
  }

  /** How much a second was answered within half a second, and how much was refused. */
  run(offeredPerSecond: number, seconds: number): { good: number; refused: number } {
    let [good, refused] = [0, 0];
    for (let ms = 0; ms < seconds * 1_000; ms += 1) {
      this.#clock.ms += 1;
      for (this.#due += offeredPerSecond / 1_000; this.#due >= 1; this.#due -= 1) {
        if (this.#heldSinceMs.length >= this.room.size) refused += 1;
        else {
          this.room.entered();
          this.#heldSinceMs.push(this.#clock.ms);
        }
      }
      this.#done = Math.min(1, this.#done) + this.perSecond / 1_000;
      for (; this.#done >= 1 && this.#heldSinceMs.length > 0; this.#done -= 1) {
        if (this.#clock.ms - this.#heldSinceMs.shift()! <= 500) good += 1;
        this.room.left();
      }
      if (this.#clock.ms % windowMs === 0) this.room.endWindow(this.short);
    }
    return { good: good / seconds, refused: refused / seconds };
  }
}

test('a starved process holds what it can answer in time, and no more, at any load beyond that', () => {
  for (const offered of [60, 100, 200, 1_000]) {
    const starved = new Process(50);
    // What came in before it was known is answered late.
    starved.run(offered, 6);
    const { good } = starved.run(offered, 20);
    assert.ok(good > 45, `${offered}/s: ${good}/s`);
    assert.ok(starved.room.size <= 12, `${starved.room.size}`);
  }
  // The control: a process that is not known to be starved.
  const control = new Process(50);
  control.short = false;
  control.run(200, 2);
  assert.equal(control.run(200, 20).good, 0);
});

test('below what it can do a starved process refuses nothing', () => {
  const starved = new Process(50);
  assert.deepEqual(starved.run(30, 20), { good: 30, refused: 0 });
  assert.equal(starved.room.size, max);
});

test('a second after the load is over, or the processor is back, nothing is refused', () => {
  const less = new Process(50);
  less.run(200, 10);
  less.run(30, 1);
  assert.deepEqual(less.run(30, 10), { good: 30, refused: 0 });
  const back = new Process(50);
  back.run(200, 10);
  back.perSecond = 600;
  back.short = false;
  back.run(200, 1);
  assert.deepEqual(back.run(200, 10), { good: 200, refused: 0 });
  assert.equal(back.room.size, max);
});

test('slow answers of others leave the room as it is, while the process has its processor', () => {
  const clock = { ms: 0 };
  const room = new Room({ max, targetMs, nowMs: () => clock.ms });
  for (let i = 0; i < 1_000; i += 1) room.entered();
  for (let window = 0; window < 20; window += 1) {
    clock.ms += windowMs;
    room.endWindow(false);
  }
  assert.equal(room.size, max);
  // The control: while it has not.
  for (let window = 0; window < 20; window += 1) {
    clock.ms += windowMs;
    room.endWindow(true);
  }
  assert.equal(room.size, 8);
});
