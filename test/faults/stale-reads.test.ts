import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../src/commands/demo/random.ts';
import { startChecking } from '../stale-reads/checking.ts';
import { startControl } from '../stale-reads/controls/start.ts';
import { wayNames } from '../stale-reads/controls/ways.ts';
import { describeReport } from '../stale-reads/report.ts';
import { assertSound } from './book.ts';
import { strikeAll, type Struck } from './stale-reads/faults.ts';
import { startTown } from './stale-reads/town.ts';

const calmChecks = 300;
/** What starts again after a kill needs a share of a small machine too. */
const load = { readers: 16, 'rest-ms': 5 };
/** Half a minute's work on a machine of its own; beside much other work its processes start slowly. */
const timeout = 600_000;
const transfersBetweenFlushes = 20;
const seed = Number(process.env['FAULT_SEED'] ?? 1 + (Date.now() % 1_000_000));

describe('the checker of stale reads', () => {
  it('finds none in Atlas, whatever fails in whichever order', { timeout }, async () => {
    await using town = await startTown();
    await using checking = await startChecking(town.target, { seed, ...load });
    const struck: Struck[] = [];
    try {
      await strikeAll(town, checking, { random: seededRandom(seed), calmChecks }, (fault) => {
        struck.push(fault);
      });
      const report = await checking.stop();
      console.log(`# FAULT_SEED=${seed}\n# ${describeReport(report).replaceAll('\n', '\n# ')}`);
      assert.deepEqual(report.unexpected, []);
      assert.equal(report.stale, 0, report.examples.join('\n'));
      assert.equal(report.impossible, 0, report.examples.join('\n'));
    } catch (error) {
      console.error(`FAULT_SEED=${seed}, struck: ${struck.map(({ name }) => name).join('; ')}`);
      throw error;
    }
    await assertSound(town.postgres.url);
  });

  for (const way of wayNames) {
    it(`finds out ${way}, when no more happens than that Redis is flushed`, async () => {
      await using control = await startControl(way);
      await using checking = await startChecking(control.target, { seed });
      while (checking.totals.stale === 0) {
        await control.redis.flush();
        await checking.more(0, transfersBetweenFlushes);
      }
    });
  }
});
