import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { UsageError } from '../command.ts';
import { readLoadOptions } from './options.ts';

const day = join(import.meta.dirname, '..', '..', '..', 'load', 'traces', 'day.csv');
const read = (line: string) => readLoadOptions(line.split(' ').filter((word) => word !== ''));

test('without options a scenario has its own rates, on a scale that is found', async () => {
  const options = await read('transfers');
  assert.equal(options.scale, undefined);
  const shape = options.shapeAt(0.1);
  assert.equal(shape.name, 'ramp');
  assert.deepEqual([shape.perSecondAt(0), shape.perSecondAt(59), shape.seconds], [100, 500, 60]);
});

test('a rate is the highest of the run, and the lower one keeps its part of it', async () => {
  const options = await read('reads --rate 500 --shape step --seconds 20');
  const shape = options.shapeAt(options.scale!);
  assert.deepEqual([shape.perSecondAt(1), shape.perSecondAt(15), shape.seconds], [100, 500, 20]);
});

test('a spike is ten times the lower rate, and a trace is played up to the higher', async () => {
  const spike = await read('transfers --scale 0.1 --shape spike --seconds 8');
  assert.deepEqual(
    [spike.shapeAt(0.1).perSecondAt(0), spike.shapeAt(0.1).peakPerSecond],
    [100, 1_000],
  );
  const trace = await read(`reads --scale 1 --trace ${day}`);
  assert.equal(trace.shapeAt(1).name, 'trace');
  assert.equal(trace.shapeAt(1).peakPerSecond, 10_000);
});

for (const [line, message] of [
  ['', /takes one scenario, transfers, reads/],
  ['fly', /not "fly"/],
  ['toString', /not "toString"/],
  ['transfers reads', /takes one scenario/],
  ['reads --rate 0', /--rate must be a whole number from 1/],
  ['reads --rate many', /--rate must be/],
  ['reads --rate 5 --scale 1', /--scale cannot be given with it/],
  ['reads --scale big', /--scale must be auto or a number/],
  ['reads --scale 0', /above 0/],
  ['reads --seconds 1.5', /--seconds must be/],
  ['reads --seed 0', /--seed must be/],
  ['reads --accounts 1', /--accounts must be 2 or more/],
  ['reads --skew -1', /--skew/],
  ['reads --skew 9', /--skew must be a number from 0 to 3/],
  ['reads --shape round', /--shape must be one of steady, step, ramp/],
  ['reads --shape trace', /belong together/],
  [`reads --shape ramp --trace ${day}`, /belong together/],
  ['reads --trace /nowhere.csv', /--trace: .*nowhere/],
  ['reads --during true', /--shape brown-out/],
  ['reads --retry often', /--retry must be one of client, none, fixed/],
  ['reads --screens 5', /the scenario reads has none/],
  ['reads --progress loud', /--progress must be one of words, json/],
  ['reads --colour red', /--colour/],
] as const) {
  test(`wrong use in one line: atlas load ${line.replace(day, 'FILE')}`, async () => {
    await assert.rejects(read(line), (error: Error) => {
      assert.ok(error instanceof UsageError, error.stack);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });
}
