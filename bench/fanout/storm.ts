// A replica with 10,000 clients dies, and all of them come at once to another one, which has never seen
// their tokens: how long until the last is subscribed again, and what those who are back notice.
import { table } from '../support/table.ts';
import { accountOf, type Load } from './load.ts';
import type { Place } from './place.ts';
import { startReceivers } from './receivers.ts';

const clients = 10_000;
const openAtOnce = 200;
/** Every tenth client watches the account that this changes five times a second. */
const load: Load = { fan: 1_000, together: 1, deliveriesPerSecond: 5_000, ms: 60_000 };

export async function storm(place: Place): Promise<string> {
  const dying = await place.startAtlas('./role-server.ts');
  await using other = await place.startAtlas('./role-server.ts');
  await using receivers = await startReceivers({
    program: place.receiver,
    folder: place.folder,
    port: dying.port,
    plan: await place.clients(clients, 'json', (index) => [accountOf(1_000, index % 10, 0)]),
  });
  await receivers.order('open', openAtOnce);
  await receivers.order('begin');
  // It ends with the server.
  other.order('load', load).catch(() => {});
  const back = receivers.order('storm', other.port);
  await dying[Symbol.asyncDispose]();
  const [storm] = await back;
  await receivers.order('begin');
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const [calm] = await receivers.order('end');
  return table(
    [
      '10,000 come back',
      'all back in ms',
      'refused tries',
      'p50 ms',
      'p99 ms',
      'p99 ms afterwards',
    ],
    [['', storm!.ms, storm!.refused, storm!.p50Ms, storm!.p99Ms, calm!.p99Ms]],
  );
}
