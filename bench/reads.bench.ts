// Balance reads a second at the ledger's own port, with 200 and with 304, beside a bare Fastify that
// answers the same without looking. Options: --seconds 3 --rounds 3 --connections 64.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { postgres, redis } from '../test/engines/index.ts';
import type { ReadsTask } from './reads/generator.ts';
import { startAtlas } from './support/atlas.ts';
import type { LoopFigures } from './support/closed-loop.ts';
import { processCpu } from './support/cpu.ts';
import { cpuWindow, type Figures } from './support/figures.ts';
import { generate } from './support/generator.ts';
import { median, table } from './support/table.ts';
import { accountIds } from './transfers/load.ts';

const warmUpMs = 1_500;
const generator = new URL('reads/generator.ts', import.meta.url);

interface Server extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  readonly token: string;
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '3' },
      connections: { type: 'string', default: '64' },
    },
  });
  await using stack = new AsyncDisposableStack();
  const place = stack.use(await postgres());
  const cache = stack.use(await redis());
  const servers = [
    stack.use(await bareServer()),
    stack.use(await ledger('ledger, Redis', { DATABASE_URL: place.url, REDIS: cache.url })),
    stack.use(await ledger('ledger, memory', {})),
  ];
  const measureMs = Number(values.seconds) * 1_000;
  const connections = Number(values.connections);
  for (const conditional of [false, true]) {
    const figures = new Map<Server, Figures[]>(servers.map((server) => [server, []]));
    for (let round = 0; round < Number(values.rounds); round += 1) {
      for (const server of servers) {
        const open = round === 0 && !conditional && server.token !== '';
        const load = { open, conditional, connections, measureMs };
        figures.get(server)!.push(await measure(server, load));
      }
    }
    console.log(`\n${conditional ? '304' : '200'}, ${connections} connections, 1,000 accounts`);
    console.log(tableOf(figures));
  }
}

async function measure(
  { pid, url, token }: Server,
  load: Pick<ReadsTask, 'open' | 'conditional' | 'connections' | 'measureMs'>,
): Promise<Figures> {
  const cpu = cpuWindow(processCpu(pid), async () => undefined);
  const task: ReadsTask = { url, token, accountIds, warmUpMs, ...load };
  return cpu.figures((await generate(generator, task, cpu.window)) as LoopFigures);
}

async function ledger(name: string, settings: Record<string, string>): Promise<Server> {
  const atlas = await startAtlas(settings);
  return {
    name,
    pid: atlas.pid,
    url: atlas.urls.ledger,
    token: atlas.token,
    [Symbol.asyncDispose]: () => atlas[Symbol.asyncDispose](),
  };
}

async function bareServer(): Promise<Server> {
  const child = fork(new URL('reads/bare-server.ts', import.meta.url));
  const [url] = (await once(child, 'message')) as [string];
  return {
    name: 'bare Fastify',
    pid: child.pid!,
    url,
    token: '',
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

function tableOf(figures: Map<Server, Figures[]>): string {
  const middles = [...figures].map(([{ name }, rounds]) => ({
    name,
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
    nodeCpuUs: median(rounds.map(({ nodeCpuUs }) => nodeCpuUs ?? Number.NaN)),
  }));
  return table(
    ['', 'reads/s', '× bare', 'p50 ms', 'p99 ms', 'node µs'],
    middles.map(({ name, perSecond, p50Ms, p99Ms, nodeCpuUs }) => [
      name,
      perSecond,
      perSecond / middles[0]!.perSecond,
      p50Ms,
      p99Ms,
      nodeCpuUs,
    ]),
  );
}
