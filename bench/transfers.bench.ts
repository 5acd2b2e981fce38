// Durable transfers a second: naive, through core, through HTTP, on PostgreSQL and on PGlite, side by
// side in interleaved rounds. Options: --seconds 3 --rounds 3 --callers 32,256 --hot 0,0.1 --only core.
import { parseArgs } from 'node:util';
import type { Figures } from './support/figures.ts';
import { median, table } from './support/table.ts';
import type { Load, Writer } from './transfers/load.ts';
import { naiveWriter } from './transfers/naive.ts';
import { coreOnPglite, coreOnPostgres } from './transfers/through-core.ts';
import { httpOnPglite, httpOnPostgres } from './transfers/through-http.ts';

const writers: readonly Writer[] = [
  naiveWriter,
  coreOnPostgres,
  httpOnPostgres,
  coreOnPglite,
  httpOnPglite,
];
const warmUpMs = 1_500;

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '3' },
      callers: { type: 'string', default: '32,256' },
      hot: { type: 'string', default: '0,0.1' },
      only: { type: 'string', default: '' },
    },
  });
  const chosen = writers.filter(({ name }) => name.includes(values.only));
  for (const callers of numbers(values.callers)) {
    for (const hotShare of numbers(values.hot)) {
      const load = { callers, hotShare, warmUpMs, measureMs: Number(values.seconds) * 1_000 };
      const rounds = await interleaved(chosen, load, Number(values.rounds));
      console.log(`\n${callers} callers, 1,000 accounts, ${hotShare * 100} % to one of them`);
      console.log(tableOf(chosen, rounds));
    }
  }
}

function numbers(text: string): number[] {
  return text.split(',').map(Number);
}

/** Each round measures every writer once, so that a slow minute of the machine meets all alike. */
async function interleaved(
  chosen: readonly Writer[],
  load: Omit<Load, 'seed'>,
  rounds: number,
): Promise<Map<Writer, Figures[]>> {
  const figures = new Map<Writer, Figures[]>(chosen.map((writer) => [writer, []]));
  for (let seed = 1; seed <= rounds; seed += 1) {
    for (const writer of chosen) figures.get(writer)!.push(await writer.measure({ ...load, seed }));
  }
  return figures;
}

function tableOf(chosen: readonly Writer[], rounds: Map<Writer, Figures[]>): string {
  const middle = (writer: Writer, pick: (figures: Figures) => number | undefined) => {
    const values = rounds.get(writer)!.map(pick);
    return values.includes(undefined) ? undefined : median(values as number[]);
  };
  const naive = chosen.includes(naiveWriter)
    ? middle(naiveWriter, ({ perSecond }) => perSecond)
    : undefined;
  return table(
    ['', 'transfers/s', '× naive', 'p50 ms', 'p99 ms', 'node µs', 'postgres µs'],
    chosen.map((writer) => {
      const perSecond = middle(writer, (figures) => figures.perSecond)!;
      return [
        writer.name,
        perSecond,
        naive === undefined ? undefined : perSecond / naive,
        middle(writer, ({ p50Ms }) => p50Ms),
        middle(writer, ({ p99Ms }) => p99Ms),
        middle(writer, ({ nodeCpuUs }) => nodeCpuUs),
        middle(writer, ({ postgresCpuUs }) => postgresCpuUs),
      ];
    }),
  );
}
