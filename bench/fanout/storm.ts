// A replica with 10,000 clients dies, and all of them come at once to another one, which has never seen
// their tokens: how long until the last is subscribed again, and what 1,000 others notice meanwhile who
// were there all the time. They are received by a process of their own, which the crowd does not delay.
import { readFile } from 'node:fs/promises';
import { median, table, type Cell } from '../support/table.ts';
import { accountOf, connections, type Fan, type Load } from './load.ts';
import type { Place } from './place.ts';
import { startReceivers, type Received } from './receivers.ts';

const crowd = 10_000;
const openAtOnce = 200;
/** To each who was there, five times a second: all of one account, or ten of each of a hundred. */
const shapes = { '1 × 1,000': 1_000, '100 × 10': 10 } as const;
const deliveriesPerSecond = 5_000;
const restMs = 5_000;

export async function storm(place: Place, { rounds }: { rounds: number }): Promise<string> {
  const returns: Cell[][] = [];
  const receiving: Cell[][] = [];
  for (const [shape, fan] of Object.entries(shapes)) {
    const rows: number[][] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const { before, during, after, back, dropped } = await once(place, fan);
      const [risen, afterwards] = [during.p99Ms / before.p99Ms, after.p99Ms / before.p99Ms];
      rows.push([back.ms, back.refused, dropped, before.p99Ms, during.p99Ms, risen, afterwards]);
      receiving.push(
        [`${shape}, storm ${round}: before`, ...shown(before)],
        ['during', ...shown(during)],
        ['after', ...shown(after)],
        ['the crowd', undefined, undefined, undefined, ...own(back)],
      );
    }
    const middle = rows[0]!.map((_, column) => median(rows.map((row) => row[column]!)));
    returns.push(...rows.map((row, round) => [`${shape}, storm ${round + 1}`, ...row]));
    returns.push([`${shape}, median`, ...middle]);
  }
  const figures = ['all in ms', 'refused', 'SYNs dropped', 'p99 before', 'during', '×', 'after ×'];
  return [
    table(['10,000 come back', ...figures], returns),
    table(['', 'p50 ms', 'p99 ms', 'max ms', 'CPU', 'coreless', 'longest round ms'], receiving),
  ].join('\n\n');
}

async function once(place: Place, fan: Fan) {
  const load: Load = { fan, together: 1, deliveriesPerSecond, ms: 600_000 };
  const dying = await place.startAtlas('./role-server.ts');
  await using other = await place.startAtlas('./role-server.ts');
  const { receiver: program, folder } = place;
  await using there = await startReceivers({
    program,
    folder,
    port: other.port,
    plan: await place.clients(connections, 'json', (index) => [
      accountOf(fan, Math.floor(index / fan), 0),
    ]),
  });
  await using coming = await startReceivers({
    program,
    folder,
    port: dying.port,
    plan: await place.clients(crowd, 'json', (index) => [accountOf(1, index % connections, 0)]),
  });
  await there.order('open', openAtOnce);
  await coming.order('open', openAtOnce);
  // It ends with the server.
  other.order('load', load).catch(() => {});
  const rest = async () => {
    await there.order('begin');
    await new Promise((resolve) => setTimeout(resolve, restMs));
    return (await there.order('end'))[0]!;
  };
  await rest();
  const before = await rest();
  const droppedBefore = await synsDropped();
  await Promise.all([there.order('begin'), coming.order('begin')]);
  const all = coming.order('storm', other.port);
  await dying[Symbol.asyncDispose]();
  const [back] = await all;
  const [during] = await there.order('end');
  const dropped = (await synsDropped()) - droppedBefore;
  return { before, during: during!, after: await rest(), back: back!, dropped };
}

function shown(received: Received): Cell[] {
  const { p50Ms, p99Ms, maxMs } = received;
  return [p50Ms, p99Ms, maxMs, ...own(received)];
}

/** What the receiving side itself takes, and may add. */
function own({ cpuShare, corelessShare, roundMaxMs }: Received): Cell[] {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return [percent(cpuShare), percent(corelessShare), roundMaxMs];
}

/** Connections that found the listen queue full, on this machine since it runs: they try again later. */
async function synsDropped(): Promise<number> {
  const lines = (await readFile('/proc/net/netstat', 'utf8')).split('\n');
  const [names, values] = lines.filter((line) => line.startsWith('TcpExt:')) as [string, string];
  const at = names.split(' ').indexOf('ListenDrops');
  return Number(values.split(' ')[at]);
}
