// What the load generator itself can do: requests for a second of its CPU, and how late it sends, at
// growing rates against a bare node:http server. Options: --seconds 5, --rates 1000,4000,…
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { noRetry } from '../load/retries.ts';
import { runLoad, type TrafficClass } from '../load/run-load.ts';
import { steady } from '../load/shapes.ts';
import { balanceRequests, transferRequests } from '../load/traffic.ts';
import { seededRandom } from '../src/commands/demo/random.ts';
import { table } from './support/table.ts';

const kinds = { reads: balanceRequests, transfers: transferRequests } as const;
type Kind = keyof typeof kinds;

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '5' },
      rates: { type: 'string', default: '1000,4000,8000,12000,16000' },
    },
  });
  const child = fork(new URL('load/bare-server.ts', import.meta.url));
  const [url] = (await once(child, 'message')) as [string];
  const rows: (string | number)[][] = [];
  try {
    for (const kind of Object.keys(kinds) as Kind[]) {
      await measure(url, kind, 1_000, 1);
      for (const rate of values.rates.split(',')) {
        rows.push(await measure(url, kind, Number(rate), Number(values.seconds)));
      }
    }
  } finally {
    child.disconnect();
  }
  const header = ['', 'asked/s', 'sent/s', 'sent a CPU second', 'CPU µs each'];
  console.log(table([...header, 'lag p50 ms', 'lag p99 ms', 'sockets', 'void'], rows));
}

async function measure(
  url: string,
  kind: Kind,
  perSecond: number,
  seconds: number,
): Promise<(string | number)[]> {
  const place = {
    url,
    tokens: ['t'.repeat(300)],
    accountIds: Array.from({ length: 10_000 }, (_, index) => `load-${index}`),
    skew: 1,
    random: seededRandom(1),
    runId: 'bench',
  };
  const traffic: TrafficClass = {
    name: kind,
    url,
    shape: steady({ perSecond, seconds }),
    next: kinds[kind](place),
    retry: noRetry,
  };
  const { classes, generator, voidBecause } = await runLoad({ classes: [traffic], seed: 1 });
  const { sent } = classes[kind]!;
  const cpuUs = (generator.cpuSeconds * 1e6) / sent;
  const { sendLag, socketsMost } = generator;
  return [
    kind,
    perSecond,
    sent / seconds,
    1e6 / cpuUs,
    cpuUs,
    sendLag.p50Ms,
    sendLag.p99Ms,
    String(socketsMost),
    voidBecause.length > 0 ? 'yes' : 'no',
  ];
}
