// What `atlas up` does for its callers while it has only a part of a processor: at loads within what it can do
// then, and far beyond. Options: --share 0.15 --rates 10,20,40,80,200 --seconds 20 --without.
import { parseArgs } from 'node:util';
import type { ClassFigures } from '../load/recorder.ts';
import { brownOut, spike, steady, type Shape } from '../load/shapes.ts';
import { recoveredMs } from './overload/parts.ts';
import { run as runTraffic, transfers } from './overload/traffic.ts';
import { throttle } from './starved/throttle.ts';
import { startAtlas } from './support/atlas.ts';
import { openAccounts } from './support/open-accounts.ts';
import { table, type Cell } from './support/table.ts';

/** As by default; `startAtlas` opens them wide. */
const usual = {
  LS_RATE_PER_SEC: '400',
  LS_BURST: '800',
  LS_IN_FLIGHT_START: '64',
  LS_TARGET_MS: '100',
  LS_LOOP_LAG_MS: '100',
};
/** Nothing that follows what the process can do. */
const without = { LS_RATE_PER_SEC: '400', LS_BURST: '800' };
const accountsCount = 200;
const warmUp = { perSecond: 20, seconds: 5 };

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      share: { type: 'string', default: '0.15' },
      rates: { type: 'string', default: '10,20,40,80,200' },
      seconds: { type: 'string', default: '20' },
      without: { type: 'boolean', default: false },
    },
  });
  const share = Number(values.share);
  const seconds = Number(values.seconds);
  const rates = values.rates.split(',').map(Number);
  await using atlas = await startAtlas(values.without ? without : usual);
  const { urls, token, pid } = atlas;
  const ids = Array.from({ length: accountsCount }, (_, index) => `acc-${index}`);
  await openAccounts({ ledger: urls.ledger, token }, ids);
  const place = { payments: urls.gateway, token, accountsCount };
  const ask = async (shape: Shape, phaseBegins?: (name: string) => void) =>
    runTraffic([transfers(place, { shape })], ({ name }) => phaseBegins?.(name));
  await ask(steady(warmUp));

  const rows: Cell[][] = [];
  {
    await using _throttled = await throttle(pid, share);
    for (const perSecond of rates) {
      const { classes } = await ask(steady({ perSecond, seconds }));
      rows.push(row(perSecond, seconds, classes['transfers']!));
    }
  }
  const header = ['offered/s', 'good/s', 'refused/s', 'no answer/s'];
  const times = ['p50 ms', 'p99 ms', 'p99 ms of refusals'];
  console.log(`\n${share * 100} % of the time\n\n${table([...header, ...times], rows)}`);

  const most = rates.at(-1)!;
  const least = rates[0]!;
  let held: AsyncDisposable | undefined;
  const quota = await ask(brownOut({ perSecond: most, seconds: 2 * seconds }), (name) => {
    if (name === 'brown-out') void throttle(pid, share).then((one) => (held = one));
    if (name === 'after') void held?.[Symbol.asyncDispose]();
  });
  let load: typeof quota;
  {
    await using _throttled = await throttle(pid, share);
    load = await ask(spike({ perSecond: least, seconds: 2 * seconds, times: most / least }));
  }
  console.log(
    `\nms until 95 % of a second are good again\n\n${table(
      ['', 'ms'],
      [
        [`the process has all of its time, ${most}/s go on`, recoveredMs(quota)],
        [`${most}/s are over, ${least}/s go on`, recoveredMs(load)],
      ],
    )}`,
  );
}

function row(perSecond: number, seconds: number, figures: ClassFigures): Cell[] {
  const { good, requests, latency, shed } = figures;
  const each = (count: number) => count / seconds;
  return [
    String(perSecond),
    each(good),
    each(requests.shed),
    each(requests.failed),
    latency.p50Ms,
    latency.p99Ms,
    shed.p99Ms,
  ];
}
