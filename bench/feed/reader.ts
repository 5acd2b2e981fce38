// One reader, as the realtime role has it, with a fan-out whose connections take everything and send
// nothing: so what is measured is the way from the feed to the decision that nobody, or somebody,
// watches. readers.ts starts this.
import type { BalanceUpdateEvent } from '../../src/contracts/events.ts';
import { openKafkaBalanceFeed } from '../../src/engines/kafka.ts';
import { kafkaConnection } from '../../src/engines/kafka/connection.ts';
import { readBalanceUpdate } from '../../src/engines/kafka/records.ts';
import { startSlotListener } from '../../src/engines/slots/listener.ts';
import { startOwner } from '../../src/engines/slots/owner.ts';
import { readSettings } from '../../src/platform/settings.ts';
import { FanOut, type Following } from '../../src/realtime/fan-out.ts';
import { createRecentUpdates } from '../../src/realtime/recent.ts';
import { followsAll } from '../../src/engines/event-log.ts';
import type { ReaderCounts, ReaderTask } from './readers.ts';

const { part, watched, accounts, environment } = JSON.parse(process.argv[2]!) as ReaderTask;
const settings = readSettings(environment);
let heard: () => number;

if (part === 'kafka') {
  const { fanOut, take, taken } = makeFanOut(followsAll);
  heard = taken;
  const feed = await openKafkaBalanceFeed(settings);
  const failed = (error: unknown) => console.error(error);
  const subscription = feed.subscribe({ update: take, gap() {}, undecodable() {}, failed });
  await subscription.established;
  await watchSome(fanOut);
} else if (part === 'owner') {
  const owner = startOwner({
    connection: await kafkaConnection(settings, 'bench'),
    topic: settings.TOPIC_BALANCE_UPDATES,
    redis: settings,
    onUndecodable() {},
    onFailure: console.error,
  });
  heard = () => owner.stats.published;
  while (owner.lag().length < settings.TOPIC_PARTITIONS) await new Promise(setImmediate);
} else {
  const listener = startSlotListener({
    redis: settings,
    onValue: (value) => take(readBalanceUpdate(value)!),
    onGap() {},
    onFailure: console.error,
  });
  const { fanOut, take, taken } = makeFanOut(listener);
  heard = taken;
  await listener.established;
  await watchSome(fanOut);
}

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send!({ heard: heard(), cpuUs: user + system } satisfies ReaderCounts);
});
process.on('disconnect', () => process.exit());
process.send!('reading');

function makeFanOut(feed: Following) {
  const fanOut = new FanOut({
    recent: createRecentUpdates({
      lifetimeMs: 5_000,
      updatesMax: 50_000,
      now: () => performance.now(),
    }),
    soon: setImmediate,
    now: Date.now,
    feed,
  });
  let count = 0;
  return {
    fanOut,
    taken: () => count,
    take({ tenant, ...update }: BalanceUpdateEvent): void {
      count += 1;
      fanOut.offer(tenant, update);
    },
  };
}

async function watchSome(fanOut: FanOut): Promise<void> {
  const outlet = { writable: true, sendEncoded() {} };
  const watcher = fanOut.join({ tenant: 'tnt_demo', subject: 'reader', token: '' }, outlet);
  const step = accounts / watched;
  await Promise.all(
    Array.from({ length: watched }, (_, index) =>
      fanOut.watch(watcher, `customer:${Math.floor(index * step)}:main`),
    ),
  );
}
