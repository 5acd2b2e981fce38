// What a refusal costs, by its reason, as a multiple of a bare node:http 503 with a body built before, in
// CPU of the server's process. Options: --seconds 2 --rounds 5 --connections 64.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import type { RefusalsTask } from './refusals/generator.ts';
import type { LoopFigures } from './support/closed-loop.ts';
import { processCpu } from './support/cpu.ts';
import { cpuWindow, type Figures } from './support/figures.ts';
import { generate } from './support/generator.ts';
import { median, table } from './support/table.ts';

const warmUpMs = 1_000;
const generator = new URL('refusals/generator.ts', import.meta.url);

/** No limit but the one that is measured. */
const open = {
  LS_RATE_PER_SEC: '1000000',
  LS_BURST: '1000000',
  LS_IN_FLIGHT_START: '1000',
  LS_LOOP_LAG_MS: '60000',
};

interface Refusal {
  readonly name: string;
  /** Of the payments role; undefined: the bare server. */
  readonly settings: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  /** The core never answers. */
  readonly hold?: boolean;
}

const bare: Refusal = { name: 'bare node:http', settings: undefined, status: 503 };
const refusals: readonly Refusal[] = [
  bare,
  {
    name: 'in flight',
    settings: { ...open, LS_IN_FLIGHT_START: '1', LS_IN_FLIGHT_MAX: '1' },
    status: 503,
    hold: true,
  },
  {
    name: 'rate',
    settings: { ...open, LS_BURST: '1', LS_RATE_PER_SEC: '1' },
    status: 503,
  },
  { name: 'deadline', settings: open, headers: { 'request-timeout': '0' }, status: 503 },
  {
    name: 'quota (429)',
    settings: { ...open, LS_CLIENT_BURST: '1', LS_CLIENT_RATE_PER_SEC: '1' },
    status: 429,
  },
];

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '64' },
    },
  });
  const load = {
    measureMs: Number(values.seconds) * 1_000,
    connections: Number(values.connections),
  };
  const figures = new Map<Refusal, Figures[]>(refusals.map((refusal) => [refusal, []]));
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const refusal of refusals) figures.get(refusal)!.push(await measure(refusal, load));
  }
  const costOf = (refusal: Refusal) =>
    median(figures.get(refusal)!.map(({ nodeCpuUs }) => nodeCpuUs ?? Number.NaN));
  console.log(
    `\n${values.connections} connections, ${values.rounds} rounds of ${values.seconds} s`,
  );
  console.log(
    table(
      ['refused by', 'CPU µs', '× bare', 'refusals/s', 'p99 ms'],
      refusals.map((refusal) => [
        refusal.name,
        costOf(refusal),
        costOf(refusal) / costOf(bare),
        median(figures.get(refusal)!.map(({ perSecond }) => perSecond)),
        median(figures.get(refusal)!.map(({ p99Ms }) => p99Ms)),
      ]),
    ),
  );
}

async function measure(
  { settings, headers = {}, status, hold = false }: Refusal,
  load: Pick<RefusalsTask, 'measureMs' | 'connections'>,
): Promise<Figures> {
  const child =
    settings === undefined
      ? fork(new URL('refusals/bare-server.ts', import.meta.url))
      : fork(new URL('refusals/payments-server.ts', import.meta.url), [
          JSON.stringify({ settings, hold }),
        ]);
  const [{ url, token }] = (await once(child, 'message')) as [{ url: string; token: string }];
  const cpu = cpuWindow(processCpu(child.pid!), async () => undefined);
  const task: RefusalsTask = { url, token, headers, status, warmUpMs, ...load };
  const found = (await generate(generator, task, cpu.window)) as LoopFigures;
  child.disconnect();
  await once(child, 'exit');
  return cpu.figures(found);
}
