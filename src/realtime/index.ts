// The realtime role: every replica reads all balance updates and brings them to the connections that
// watch their accounts, over the SignalR protocol at /ws. It keeps nothing that a restart would lose.
import type { IncomingMessage, Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Type } from 'typebox';
import type { BalanceReader } from '../contracts/balances.ts';
import { problem } from '../contracts/problems.ts';
import type { BalanceFeed, BalanceListener } from '../engines/event-log.ts';
import type { ProcessContext } from '../platform/context.ts';
import { serverLimits } from '../platform/floods/limits.ts';
import { createApp, listen } from '../platform/http.ts';
import { PressureGate } from '../platform/pressure/gate.ts';
import { measurePressure } from '../platform/pressure/metrics.ts';
import { feelPressure } from '../platform/pressure/own-pressure.ts';
import { windowMs } from '../platform/pressure/pressure.ts';
import { ownUrl } from '../platform/own-url.ts';
import type { RunningRole } from '../platform/role.ts';
import { probeFeed } from '../engines/probes.ts';
import { addTelemetry } from '../platform/telemetry/index.ts';
import { endWithProblem } from '../platform/end-with-problem.ts';
import { addStagesApi } from '../platform/stages-api.ts';
import { createElsewhere } from './elsewhere.ts';
import { FanOut } from './fan-out.ts';
import { createFlushSchedule } from './flush-schedule.ts';
import { createBalanceHub, hubPath, type BalanceHub } from './hub.ts';
import { limits } from './limits.ts';
import { addLoadSheddingStats } from './load-shedding-stats.ts';
import { createRealtimeMetrics, exposeCounts, exposeLag, exposeSlots } from './metrics.ts';
import { addOperators } from './operators.ts';
import { createRecentUpdates } from './recent.ts';
import { createRefresh } from './refresh.ts';
import { addReplicaApi } from './remote-replica.ts';
import { createReplica } from './replica.ts';
import { createReplicas } from './replicas.ts';
import { createSnapshots } from './snapshots.ts';

export interface RealtimeEngines {
  readonly feed: BalanceFeed;
  readonly balances: BalanceReader;
  /** How this process feels itself; a test may have it feel something else. */
  readonly feel?: typeof feelPressure;
  /** The clock of what a user may send in a second; a test may hold it. */
  readonly nowMs?: () => number;
  /** Of first balances; a test may have little of them. */
  readonly turns?: typeof limits.snapshots;
}

export async function startRealtime(
  context: ProcessContext,
  { feed, balances, feel = feelPressure, turns = limits.snapshots, nowMs }: RealtimeEngines,
): Promise<RunningRole> {
  const { settings, verifier, corsOrigins, control, version, internalSecret } = context;
  let draining = false;
  const { log, metrics: registry, guards } = context.forRole('realtime');
  await using opened = new AsyncDisposableStack();
  const felt = opened.use(feel(settings.LS_LOOP_LAG_MS, {}));
  const windows = setInterval(() => felt.pressure.endWindow(), windowMs);
  opened.defer(() => clearInterval(windows));
  measurePressure(registry, felt);
  const metrics = createRealtimeMetrics(registry);
  const stages = context.stages.delivered();
  const fanOut = new FanOut({
    recent: createRecentUpdates({
      lifetimeMs: limits.recentMs,
      updatesMax: limits.recentUpdatesMax,
      now: () => performance.now(),
    }),
    soon: createFlushSchedule({ clock, flushed: metrics.flushed }),
    now: Date.now,
    written: metrics.written,
    delivered: (entryId, firstAtMs, lastAtMs, deliveries) =>
      stages.add(entryId, firstAtMs, lastAtMs, deliveries),
    feed: {
      follow: (accountId) => subscription.follow(accountId),
      unfollow: (accountId) => subscription.unfollow(accountId),
    },
  });
  const snapshots = createSnapshots(balances, {
    ...turns,
    nowMs: felt.clock.nowMs,
  });
  const gate = new PressureGate(() => felt.pressure.degree);
  const refresh = opened.use(createRefresh({ fanOut, snapshots }));
  const listener: BalanceListener = {
    update({ tenant, ...update }) {
      metrics.arrived(update.updatedAt);
      fanOut.offer(tenant, update);
    },
    gap(touches) {
      metrics.gap();
      const accounts = refresh.start(touches);
      if (accounts > 0)
        log.warn({ accounts }, 'updates may have been missed: reading balances again');
    },
    undecodable: () => metrics.undecodable(),
    failed: (error) => log.warn({ err: error }, 'the event log cannot be read now; trying again'),
  };
  const subscription = opened.use(feed.subscribe(listener));
  const elsewhere = opened.use(createElsewhere({ control, guards, log }));
  const { hub, users, refusals } = opened.use(
    createBalanceHub({
      context,
      log,
      registry,
      metrics,
      fanOut,
      snapshots,
      gate,
      elsewhere,
      ...(nowMs === undefined ? {} : { nowMs }),
    }),
  );
  registry.gauge(
    'passed_on',
    'Requests and sockets passed on to another replica',
    () => elsewhere.count,
  );
  exposeCounts(registry, {
    counts: fanOut.counts,
    stats: hub.stats,
    connected: () => subscription.connected(),
  });
  registry.gauge('snapshots_running', 'Snapshots being read', () => snapshots.running);
  registry.gauge('snapshots_waiting', 'Snapshots that wait for a turn', () => snapshots.waiting);
  exposeLag(registry, () => subscription.lag(), Date.now);
  if (subscription.slots !== undefined) exposeSlots(registry, subscription.slots);

  const checks = { feed: () => subscription.connected() };
  const app = await createApp({
    role: 'realtime',
    log,
    metrics: registry,
    limits: serverLimits(settings),
    verifier,
    corsOrigins,
    health: checks,
    first: (request, response) => hub.handleRequest(request, response),
  });
  app.get('/ws/info', { schema: infoSchema }, () => info);
  const replica = createReplica({
    users,
    state: () => ({
      node: control.node,
      version,
      startedAt: control.startedAt,
      draining,
      feedConnected: subscription.connected(),
      lagRecords: subscription.lag().reduce((sum, { records }) => sum + records, 0),
    }),
  });
  const replicas = opened.use(
    createReplicas({ control, own: replica, secret: internalSecret, guards, log }),
  );
  addLoadSheddingStats(app, {
    node: control.node,
    connectionsMax: settings.ATLAS_HUB_CONNECTIONS,
    counts: () => ({
      connections: hub.stats.connections,
      opened: hub.stats.accepted,
      subscriptions: fanOut.counts.watches,
      calls: hub.stats.invocations,
    }),
    refusals,
    snapshots,
    turns,
    pressure: felt.pressure,
    admittedPart: () => gate.part('normal'),
  });
  addReplicaApi(app, replica, internalSecret);
  addStagesApi(app, context.stages, internalSecret);
  addOperators(app, { replicas, audit: control.audit });
  const engine = settings.KAFKA_BOOTSTRAP === undefined ? 'outbox' : 'kafka';
  addTelemetry(app, {
    role: 'realtime',
    metrics: registry,
    log,
    secret: internalSecret,
    checks,
    engines: [probeFeed({ engine, connected: checks.feed }, version)],
  });
  leadUpgrades(app.server, hub);
  await Promise.race([
    subscription.established,
    delay(limits.feedStartMs, undefined, { ref: false }),
  ]);
  // Whoever subscribed before the position was fixed may have missed what came between.
  void subscription.established.then(() => refresh.start());
  const server = await listen(app, {
    host: settings.ATLAS_HOST,
    port: settings.ATLAS_REALTIME_PORT,
    drainMs: settings.ATLAS_DRAIN_MS,
  });
  control.announce('realtime', settings.REALTIME_INTERNAL ?? ownUrl(settings, server.url));
  const resources = opened.move();
  return {
    role: 'realtime',
    url: server.url,
    async [Symbol.asyncDispose]() {
      draining = true;
      const spreadMs = hub.stats.connections * limits.drainPerConnectionMs;
      const drained = hub.drain({ withinMs: Math.min(spreadMs, settings.ATLAS_DRAIN_MS / 2) });
      await elsewhere[Symbol.asyncDispose]();
      await drained;
      await server[Symbol.asyncDispose]();
      await resources.disposeAsync();
    },
  };
}

const clock = { now: () => performance.now(), setImmediate, setTimeout };

const info = {
  endpoint: hubPath,
  transports: ['WebSockets', 'ServerSentEvents', 'LongPolling'],
  protocols: ['json', 'messagepack'],
  features: [
    'snapshot-on-subscribe',
    'conflation',
    'automatic-reconnect',
    'stateful-reconnect',
    'token-renewal',
  ],
};

const infoSchema = {
  operationId: 'getHubInfo',
  summary: 'What the hub speaks',
  description: 'The hub itself speaks the SignalR protocol at this endpoint.',
  tags: ['hub'],
  response: {
    200: Type.Object(
      {
        endpoint: Type.String(),
        transports: Type.Array(Type.String()),
        protocols: Type.Array(Type.String()),
        features: Type.Array(Type.String()),
      },
      { title: 'HubInfo' },
    ),
  },
};

/** Other upgrades (curl offers HTTP/2) are for us to ignore, not to refuse. */
function leadUpgrades(server: Server, hub: BalanceHub['hub']): void {
  Object.assign(server, {
    shouldUpgradeCallback: ({ headers }: IncomingMessage) =>
      headers.upgrade?.toLowerCase() === 'websocket',
  });
  server.on('upgrade', (request, socket, head) => {
    if (hub.handleUpgrade(request, socket, head)) return;
    socket.on('error', () => socket.destroy());
    endWithProblem(socket, problem('not_found', 'No hub is here.'));
  });
}
