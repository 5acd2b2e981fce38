import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findScale } from './find-scale.ts';
import { madeClass, madeFacts } from './testing.ts';

const good = madeFacts({ reads: madeClass([{ dueAtMs: 0, latencyMs: 1 }]) }).load;
const bad = madeFacts({ reads: madeClass([{ dueAtMs: 0, latencyMs: 900 }]) }).load;

async function find(carriesUpTo: number, ceiling = Number.POSITIVE_INFINITY) {
  const tried: number[] = [];
  const scale = await findScale({
    ceiling,
    rest: async () => {},
    async probe(at) {
      tried.push(at);
      return at <= carriesUpTo ? good : bad;
    },
  });
  return { scale, tried };
}

test('a machine that carries everything runs at the full rates', async () => {
  assert.equal((await find(5)).scale, 1);
});

test('else a run asks for seven tenths of what was carried', async () => {
  const { scale, tried } = await find(0.3);
  assert.ok(scale >= 0.7 * 0.25 && scale <= 0.7 * 0.3, String(scale));
  assert.ok(tried.length <= 10, String(tried));
});

test('what the server says that it admits is not tried beyond', async () => {
  const { scale, tried } = await find(5, 0.08);
  assert.ok(Math.max(...tried) <= 0.08);
  assert.ok(Math.abs(scale - 0.056) < 1e-9, String(scale));
});

test('one bad moment does not decide: only what fails twice is too much', async () => {
  let calls = 0;
  const scale = await findScale({
    ceiling: Number.POSITIVE_INFINITY,
    rest: async () => {},
    probe: async () => ((calls += 1) % 2 === 1 ? bad : good),
  });
  assert.equal(scale, 1);
});

test('a machine that carries nothing is still given a little to do', async () => {
  assert.equal((await find(0)).scale, 1 / 64);
});

test('a probe that was void has carried nothing', async () => {
  const probe = async () => ({ ...good, voidBecause: ['late'] });
  const scale = await findScale({ ceiling: 9, rest: async () => {}, probe });
  assert.equal(scale, 1 / 64);
});
