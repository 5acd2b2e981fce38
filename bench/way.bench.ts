// From the acknowledgement of a transfer to the event at a client of the hub, at half of the full load,
// on embedded and on real engines. Options: --seconds 5 --rounds 3 --payers 32 --watchers 20.
import { parseArgs } from 'node:util';
import { kafka, postgres, redis } from '../test/engines/index.ts';
import { startAtlas } from './support/atlas.ts';
import { generate } from './support/generator.ts';
import { median, table } from './support/table.ts';
import type { WayFigures, WayTask } from './way/generator.ts';

const generator = new URL('way/generator.ts', import.meta.url);

interface Column {
  readonly name: string;
  settings(stack: AsyncDisposableStack): Promise<Record<string, string>>;
}

const columns: readonly Column[] = [
  { name: 'PostgreSQL, Kafka, Redis', settings: realEngines },
  { name: 'embedded', settings: async () => ({}) },
];

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      payers: { type: 'string', default: '32' },
      watchers: { type: 'string', default: '20' },
    },
  });
  const load = {
    payers: Number(values.payers),
    watchers: Number(values.watchers),
    measureMs: Number(values.seconds) * 1_000,
  };
  const figures = new Map<Column, WayFigures[]>(columns.map((column) => [column, []]));
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const column of columns) figures.get(column)!.push(await measure(column, load));
  }
  console.log(
    `\n${load.payers} payers at full load, then half of it; ${load.watchers} watchers of 1,000 accounts`,
  );
  console.log(tableOf(figures));
}

async function measure(
  column: Column,
  load: Pick<WayTask, 'payers' | 'watchers' | 'measureMs'>,
): Promise<WayFigures> {
  await using stack = new AsyncDisposableStack();
  const settings = await column.settings(stack);
  const { urls, token } = stack.use(await startAtlas(settings));
  const { payments, ledger, realtime } = urls;
  const task: WayTask = { payments, ledger, realtime, token, ...load };
  return (await generate(generator, task)) as WayFigures;
}

async function realEngines(stack: AsyncDisposableStack): Promise<Record<string, string>> {
  const place = stack.use(await postgres());
  const cache = stack.use(await redis());
  const broker = await kafka();
  return {
    DATABASE_URL: place.url,
    REDIS: cache.url,
    KAFKA_BOOTSTRAP: broker.bootstrap,
    TOPIC_BALANCE_UPDATES: broker.name('balance-updates'),
    TOPIC_LEDGER_EVENTS: broker.name('ledger-events'),
  };
}

function tableOf(figures: Map<Column, WayFigures[]>): string {
  return table(
    ['', 'full/s', 'half/s', 'ack p50 ms', 'ack p99 ms', 'event p50 ms', 'event p99 ms'],
    [...figures].map(([{ name }, rounds]) => {
      const middle = (what: keyof WayFigures) => median(rounds.map((round) => round[what]));
      return [
        name,
        middle('fullPerSecond'),
        middle('halfPerSecond'),
        middle('ackP50Ms'),
        middle('ackP99Ms'),
        middle('eventP50Ms'),
        middle('eventP99Ms'),
      ];
    }),
  );
}
