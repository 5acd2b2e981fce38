import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { seededRandom } from '../src/commands/demo/random.ts';
import { arrivals } from './arrivals.ts';
import { readTrace } from './trace.ts';

const folder = await mkdtemp(join(tmpdir(), 'atlas-trace-'));
after(() => rm(folder, { recursive: true, force: true }));
const file = join(folder, 'trace.csv');

const read = async (text: string) => {
  await writeFile(file, text);
  return readTrace(file, { perSecond: 400, seconds: 60 });
};

test('a trace is played in the time of the run, its highest moment at the rate asked for', async () => {
  const shape = await read('seconds,perSecond\n0,10\n43200,50\n86400,10\n');
  assert.equal(shape.perSecondAt(0), 80);
  assert.equal(shape.perSecondAt(15), 240);
  assert.equal(shape.perSecondAt(30), 400);
  assert.equal(shape.perSecondAt(60), 80);
  const times = [...arrivals(shape, seededRandom(1))];
  assert.ok(Math.abs(times.length - 240 * 60) < 5 * Math.sqrt(240 * 60), String(times.length));
});

test('the day that comes with Atlas can be played', async () => {
  const day = join(import.meta.dirname, 'traces', 'day.csv');
  const shape = await readTrace(day, { perSecond: 1_000, seconds: 96 });
  const rates = Array.from({ length: 97 }, (_, at) => shape.perSecondAt(at));
  assert.equal(Math.max(...rates), 1_000);
  assert.ok(Math.min(...rates) < 150 && Math.min(...rates) > 0);
});

for (const [what, text, message] of [
  ['another header', 'time,rate\n0,1\n', /row 1: the header must be seconds,perSecond/],
  ['a word', 'seconds,perSecond\n0,1\n5,many\n', /row 3: two numbers/],
  ['a third number', 'seconds,perSecond\n0,1,2\n', /row 2: two numbers/],
  ['a negative rate', 'seconds,perSecond\n0,-1\n', /row 2: two numbers/],
  ['time going back', 'seconds,perSecond\n5,1\n4,1\n', /row 3: its time must be later/],
  ['one row', 'seconds,perSecond\n0,1\n', /two rows/],
  ['nothing but zeros', 'seconds,perSecond\n0,0\n1,0\n', /all rates are 0/],
] as const) {
  test(`a trace with ${what} is refused with its row`, async () => {
    await assert.rejects(read(text), message);
  });
}
