// 50 of 100 clients never read: what that costs in memory, when they are cut off, and what the others
// notice.
import { table, type Cell } from '../support/table.ts';
import type { Load } from './load.ts';
import type { Place } from './place.ts';
import { startReceivers } from './receivers.ts';

const clients = 100;
const deaf = 50;
/** 200 flushes a second, of 2.5 KB to every client: soon the kernel's buffers of a deaf one are full. */
const load: Load = { fan: 1_000, together: 10, deliveriesPerSecond: 2_000_000, ms: 5_000 };
const loadsMax = 6;

export async function deafClients(place: Place): Promise<string> {
  await using server = await place.startAtlas('./role-server.ts');
  await using receivers = await startReceivers({
    program: place.receiver,
    folder: place.folder,
    port: server.port,
    plan: await place.clients(clients, 'json'),
    deaf,
  });
  await receivers.order('open', 100);
  const rows: Cell[][] = [];
  for (let round = 0; round <= loadsMax; round += 1) {
    await receivers.order('begin');
    if (round > 0) await server.order('load', load);
    const [received] = await receivers.order('end');
    const { rss, heapUsed } = await server.order('memory');
    const metrics = await server.order('metrics');
    const cutOff = /reason="slow_consumer"\} (\d+)/.exec(metrics)?.[1] ?? '0';
    rows.push([
      `${(round * load.ms) / 1_000} s`,
      rss / 2 ** 20,
      heapUsed / 2 ** 20,
      cutOff,
      round === 0 ? undefined : received!.p99Ms,
    ]);
  }
  return table(['50 never read', 'RSS MB', 'heap MB', 'cut off', 'p99 ms of the others'], rows);
}
