// What a connection costs that only pings, at 10,000 of them, each a user with one subscription: RSS of
// the role's process after a collection, less what it was with 100, and CPU.
import { table } from '../support/table.ts';
import { accountOf } from './load.ts';
import type { Place } from './place.ts';
import { startReceivers } from './receivers.ts';

const few = 100;
const many = 10_000;
const openAtOnce = 200;
/** Every client has pinged and has been pinged. */
const idleMs = 35_000;

export async function idle(place: Place): Promise<string> {
  await using server = await place.startAtlas('./role-server.ts');
  const plan = await place.clients(many, 'json', (index) => [accountOf(1, index, 0)]);
  const shared = { program: place.receiver, folder: place.folder, port: server.port };
  await using first = await startReceivers({ ...shared, plan: plan.slice(0, few) });
  await first.order('open', openAtOnce);
  const before = await server.order('memory');
  await using rest = await startReceivers({ ...shared, plan: plan.slice(few) });
  const [opened] = await rest.order('open', openAtOnce);
  const fresh = await server.order('memory');
  const cpuUs = await server.order('cpu');
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  const idleCpuUs = (await server.order('cpu')) - cpuUs;
  await rest.order('begin');
  const after = await server.order('memory');
  const [end] = await rest.order('end');
  if (end!.ready !== many - few) throw new Error(`only ${end!.ready} clients stayed`);
  const each = (now: number, then: number) => (now - then) / (many - few) / 1_024;
  return table(
    ['10,000 idle', 'RSS KB each', 'heap KB each', 'opened in ms', 'CPU of a core'],
    [
      [
        'all connected',
        each(fresh.rss, before.rss),
        each(fresh.heapUsed, before.heapUsed),
        opened!.ms,
        undefined,
      ],
      [
        'after pings',
        each(after.rss, before.rss),
        each(after.heapUsed, before.heapUsed),
        undefined,
        `${(idleCpuUs / idleMs / 10).toFixed(1)} %`,
      ],
    ],
  );
}
