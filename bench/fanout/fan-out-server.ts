// The realtime role's own hub and fan-out, each update (or each ten) flushed alone: what a delivery
// costs whatever the schedule is.
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { followsAll } from '../../src/engines/event-log.ts';
import { createProcessContext } from '../../src/platform/context.ts';
import { readSettings } from '../../src/platform/settings.ts';
import { FanOut } from '../../src/realtime/fan-out.ts';
import type { Flush } from '../../src/realtime/flush-schedule.ts';
import { createBalanceHub } from '../../src/realtime/hub.ts';
import { createRealtimeMetrics } from '../../src/realtime/metrics.ts';
import { createRecentUpdates } from '../../src/realtime/recent.ts';
import { accountOf, paced, updateOf } from './load.ts';
import { limits } from '../../src/realtime/limits.ts';
import { createSnapshots } from '../../src/realtime/snapshots.ts';
import { balances, controlPlane, tenant } from './book.ts';
import { serve } from './server.ts';

const context = await createProcessContext(readSettings(process.env), { development: true });
await context.control.connect(controlPlane);
const { log, metrics: registry } = context.forRole('realtime');
let flush: Flush = () => true;
const fanOut = new FanOut({
  recent: createRecentUpdates({ lifetimeMs: 5_000, updatesMax: 50_000, now: Date.now }),
  soon(due) {
    flush = due;
  },
  now: Date.now,
  feed: followsAll,
});
const metrics = createRealtimeMetrics(registry);
const snapshots = createSnapshots(balances, limits.snapshots);
const { hub } = createBalanceHub({
  context,
  log,
  registry,
  metrics,
  fanOut,
  snapshots,
  gate: { admits: () => true },
});
const server = createServer((request, response) => hub.handleRequest(request, response));
server.on('upgrade', (request, socket, head) => hub.handleUpgrade(request, socket, head));
server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 });
await once(server, 'listening');

serve((server.address() as AddressInfo).port, {
  load: (load) =>
    paced(load, (publication) => {
      for (let index = 0; index < load.together; index += 1) {
        const accountId = accountOf(load.fan, publication.group, index);
        fanOut.offer(tenant, updateOf(accountId, publication));
      }
      while (!flush());
    }),
});
