// Screens that stay open while a town pays, on PostgreSQL: whether their memory or the server's grows, and
// whether a balance on them ever differs from the book. Options: --minutes 2 --rate 200 --no-phone.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { AtlasError, createClient, type AtlasClient } from '@atlas/client';
import { postgres } from '../test/engines/index.ts';
import { origin } from '../test/mobile/phone.ts';
import type { Verdict } from './screens/judge.ts';
import { pageMemory, processHeapMegabytes, residentMegabytes } from './screens/memory.ts';
import { openConsole, openPhone, type Screen } from './screens/open-screens.ts';
import { startPlace } from './screens/place.ts';
import type { Atlas } from './support/atlas.ts';
import { table, type Cell } from './support/table.ts';

const program = new URL('../src/atlas.ts', import.meta.url).pathname;
/** Those of `npm start`: what is too much is refused, and does not pile up. */
const usualLimits = { LS_RATE_PER_SEC: '400', LS_BURST: '800', LS_IN_FLIGHT_START: '64' };

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      minutes: { type: 'string', default: '2' },
      rate: { type: 'string', default: '200' },
      phone: { type: 'boolean', default: true },
    },
  });
  await using stack = new AsyncDisposableStack();
  const { url } = stack.use(await postgres());
  const place = await startPlace(stack, {
    DATABASE_URL: url,
    CORS_ORIGINS: origin,
    ...usualLimits,
  });
  const { urls, token, pid } = place.atlas;
  const api = createClient({ url: urls.gateway, token });
  stack.defer(() => api.close());
  // Its accounts are there before anybody looks at them.
  await startTown(place.atlas, ['--rate', '1', '--seconds', '1']).ended;
  const screens = await openConsole(stack, place);
  if (values.phone) screens.push(await openPhone(stack, place.atlas));
  const town = stack.use(startTown(place.atlas, ['--rate', values.rate]));

  const header = [
    'minute',
    ...screens.map(({ name }) => name),
    'nodes',
    'Atlas',
    'resident',
    'posted',
    'compared',
    'wrong',
  ];
  const rows: Cell[][] = [];
  let [compared, wrong] = [0, 0];
  const startedAtMs = performance.now();
  for (let minute = 0; minute <= Number(values.minutes); minute += 1) {
    await pause(Math.max(0, startedAtMs + minute * 60_000 - performance.now()));
    const { heaps, nodes, verdicts } = await lookAt(screens, api);
    const found = verdicts.filter((verdict) => verdict !== undefined);
    for (const verdict of found) console.log(`minute ${minute}: ${verdict}`);
    compared += verdicts.length;
    wrong += found.length;
    const heap = await processHeapMegabytes(await place.atlas.inspector());
    const resident = await residentMegabytes(pid);
    const counts = [town.posted(), compared, wrong].map(String);
    rows.push([String(minute), ...heaps, nodes, heap, resident, ...counts]);
    console.log(table(header, [rows.at(-1)!]));
  }
  console.log(
    `\nMB of heap after the collection of garbage, and resident\n\n${table(header, rows)}`,
  );
  if (wrong > 0) process.exitCode = 1;
}

async function lookAt(screens: readonly Screen[], api: AtlasClient) {
  const verdicts: Verdict[] = [];
  const heaps: number[] = [];
  let nodes = 0;
  for (const { page, judge } of screens) {
    verdicts.push(...(await judge(api).catch(notJudged)));
    const memory = await pageMemory(page);
    heaps.push(memory.heapMegabytes);
    nodes += memory.nodes;
  }
  return { verdicts, heaps, nodes };
}

/** A book that does not answer has not said that anything is wrong. */
function notJudged(error: unknown): readonly Verdict[] {
  if (!(error instanceof AtlasError)) throw error;
  console.log(`not judged: ${error.code} ${error.message}`);
  return [];
}

interface Town extends AsyncDisposable {
  /** Resolves when it has nothing more to pay. */
  readonly ended: Promise<unknown>;
  /** Payments until now. */
  posted(): number;
}

/** `atlas demo`; it ends with what is returned, and says what it did. */
function startTown({ urls, token }: Atlas, args: readonly string[]): Town {
  const child = spawn(process.execPath, [program, 'demo', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], ATLAS_URL: urls.gateway, ATLAS_TOKEN: token },
  });
  let last = '';
  let posted = 0;
  createInterface(child.stdout).on('line', (line) => {
    last = line;
    if (!line.startsWith('in all')) posted += Number(/ posted (\d+)/.exec(line)?.[1] ?? 0);
  });
  const ended = once(child, 'exit');
  return {
    ended,
    posted: () => posted,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
      console.log(`\natlas demo: ${last}`);
    },
  };
}
