// Stale reads after an acknowledgement, by a checker over HTTP, while engines and processes fail again and
// again; and those of three common ways of caching. Options: --checks 1000000 --control-checks 50000 --seed 1.
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/commands/demo/random.ts';
import { strikeAll, type Struck } from '../test/faults/stale-reads/faults.ts';
import { startTown } from '../test/faults/stale-reads/town.ts';
import type { Report } from '../test/stale-reads/checker.ts';
import { startChecking } from '../test/stale-reads/checking.ts';
import { startControl } from '../test/stale-reads/controls/start.ts';
import { wayNames, type WayName } from '../test/stale-reads/controls/ways.ts';
import { describeReport, ppmOf } from '../test/stale-reads/report.ts';
import { table } from './support/table.ts';

/** Reads between two faults. */
const calmChecks = 4_000;
const transfersBetweenFlushes = 20;

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      checks: { type: 'string', default: '1000000' },
      'control-checks': { type: 'string', default: '50000' },
      seed: { type: 'string', default: '1' },
    },
  });
  const seed = Number(values.seed);
  const reports = new Map<string, Report>();
  reports.set('Atlas, whatever fails', await checkAtlas(Number(values.checks), seed));
  for (const way of wayNames) {
    const report = await checkControl(way, Number(values['control-checks']), seed);
    reports.set(`${way}, Redis flushed`, report);
  }
  console.log(`\n${tableOf(reports)}`);
}

async function checkAtlas(checks: number, seed: number): Promise<Report> {
  await using town = await startTown();
  await using checking = await startChecking(town.target, { seed });
  const random = seededRandom(seed);
  const struck = new Map<string, Struck & { times: number }>();
  while (checking.totals.checked < checks) {
    await strikeAll(town, checking, { random, calmChecks }, (fault) => {
      const { name } = fault;
      const sum = struck.get(name) ?? {
        name,
        times: 0,
        checked: 0,
        stale: 0,
        backwards: 0,
        refused: 0,
      };
      struck.set(name, {
        name,
        times: sum.times + 1,
        checked: sum.checked + fault.checked,
        stale: sum.stale + fault.stale,
        backwards: sum.backwards + fault.backwards,
        refused: sum.refused + fault.refused,
      });
      console.error(`${checking.totals.checked} reads, ${checking.totals.stale} stale: ${name}`);
    });
  }
  const report = await checking.stop();
  console.log(
    table(
      ['Atlas while …', 'times', 'reads', 'stale', 'backwards', 'not answered'],
      [...struck.values()]
        .sort((a, b) => a.name.localeCompare(b.name))
        .map(({ name, times, checked, stale, backwards, refused }) =>
          [name, times, checked, stale, backwards, refused].map(String),
        ),
    ),
  );
  console.log(`\n${describeReport(report)}`);
  return report;
}

async function checkControl(way: WayName, checks: number, seed: number): Promise<Report> {
  await using control = await startControl(way);
  await using checking = await startChecking(control.target, { seed });
  while (checking.totals.checked < checks) {
    await control.redis.flush();
    await checking.more(0, transfersBetweenFlushes);
  }
  // Awaited here: the checker ends with this block.
  return await checking.stop();
}

function tableOf(reports: ReadonlyMap<string, Report>): string {
  return table(
    ['', 'reads', 'transfers', 'stale', 'ppm', 'worst age ms'],
    [...reports].map(([name, report]) => [
      name,
      String(report.checked),
      String(report.acknowledged),
      String(report.stale),
      ppmOf(report).toFixed(1),
      report.worstAgeMs.toFixed(1),
    ]),
  );
}
