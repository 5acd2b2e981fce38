import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Admissions, type Leave } from './admissions.ts';

const limits = { admissionsMax: 4, admissionsPerTurnMax: 2, admissionsWaitingMax: 12 };

/** Lets clients come in and remembers the order in which it is their turn. */
function door(given = limits) {
  const stats = { waiting: 0 };
  const admissions = new Admissions(given, stats);
  const inside: string[] = [];
  const leaves: Leave[] = [];
  const come = async (source: string, name = source) => {
    const leave = await admissions.enter(source);
    if (leave === undefined) return 'refused';
    inside.push(name);
    leaves.push(leave);
    return 'in';
  };
  return { stats, inside, leaves, come };
}

test('when it is quiet nobody waits', async () => {
  const { come, stats } = door();
  assert.equal(await come('a'), 'in');
  assert.equal(stats.waiting, 0);
});

test('a turn of the event loop lets in a few, and no more are under way than may be', async () => {
  const { come, inside, leaves, stats } = door();
  for (let client = 0; client < 6; client++) void come('a', String(client));
  await Promise.resolve();
  assert.deepEqual(inside, ['0', '1']);
  await turn();
  assert.deepEqual(inside, ['0', '1', '2', '3']);
  await turn();
  await turn();
  assert.equal(inside.length, 4);
  assert.equal(stats.waiting, 2);
  leaves[0]!();
  await turn();
  assert.deepEqual(inside, ['0', '1', '2', '3', '4']);
});

test('sources take turns, and among their own the first is served first', async () => {
  const { come, inside, leaves } = door({ ...limits, admissionsMax: 1 });
  for (const name of ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1']) void come(name[0]!, name);
  for (let left = 0; left < 7; left++) {
    await turn();
    leaves.shift()!();
  }
  assert.deepEqual(inside, ['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
});

test('one source cannot fill the queue for the others', async () => {
  const { come, stats } = door({ ...limits, admissionsMax: 0 });
  const flood = Array.from({ length: 100 }, () => come('flood'));
  assert.equal(stats.waiting, 6);
  void come('other');
  assert.equal(stats.waiting, 7);
  const refused = await Promise.all(flood.slice(6));
  assert.deepEqual(new Set(refused), new Set(['refused']));
});
