// What differs with each run, because it counts or times a process, or is written down by looking: the figures
// of the overload page after eight transfers and eight reads, the connections of two people to the hub, and
// what the audit record says of these, as the roles gave them on 25 November 2026. All else is what they answer.
// A picture can be compared with the one that is kept only where these stand still; that figures are right and
// live is for the tests of each page, which write nothing over.
import type { Telemetry, TelemetryFigure } from '../../packages/client/src/index.ts';
import { entryName, type Rewrite } from './steady.ts';

const cache = {
  reads: 8,
  hits: 7,
  misses: 1,
  hitRatio: 0.875,
  databaseCalls: 1,
  databaseCallsSaved: 7,
  fills: 1,
  notFound: 0,
};
const process = { loop: { value: 16.2 }, memory: { value: 0.015 } };

export const overloadFigures: Readonly<Record<string, object>> = {
  '/payments/load-shedding/stats': {
    node: 'atlas-payments-0',
    tokensAvailable: 800,
    inFlight: 0,
    inFlightLimit: 64,
    inFlightLimits: { critical: 256, normal: 128, bulk: 64 },
    offeredPerSecond: 0,
    offeredPerSecondByClass: { normal: 0 },
    offered: 8,
    offeredByClass: { normal: 8 },
    admitted: 8,
    admittedByClass: { normal: 8 },
    reasons: {
      pressure: { degree: 0, ...process },
      inFlight: { meanMs: 48.8 },
      quota: { clients: 0 },
    },
  },
  '/ledger/load-shedding/stats': {
    node: 'atlas-ledger-0',
    inFlight: 0,
    admitted: 10,
    pressure: { degree: 0, ...process },
  },
  '/ledger/cache/stats': { node: 'atlas-ledger-0', ...cache, all: cache, replicas: [] },
  '/gateway/load-shedding/stats': { node: 'atlas-gateway-0' },
  '/ws/load-shedding/stats': { node: 'atlas-realtime-0' },
};

const node = 'atlas-realtime-0';
const userAgent = 'Microsoft SignalR/10.0 (10.0.11; Linux; NodeJS; 24.21.0)';
const ngozi = {
  subject: 'ngozi@example.com',
  session: '5bd94ffd-aac6-4d07-b338-7ab831a91341',
  connectionId: 'pwqlQudIa-jBrgrnBylqqw',
};
const ada = {
  subject: 'ada',
  session: 'dbbbca81-c52e-4292-8251-4f4924ad9f3d',
  connectionId: 'N55sjIo9P4YKq1wMiftYQw',
};
const from = { node, userAgent, address: '127.0.0.1, 127.0.0.1' };

export const hubFigures: Readonly<Record<string, object>> = {
  '/ws/nodes': {
    items: [
      {
        node,
        version: '0.1.0',
        startedAt: '2026-11-25T13:01:12.239Z',
        draining: false,
        connections: 2,
        subscriptions: 2,
        slow: 0,
        feedConnected: true,
        lagRecords: 0,
      },
    ],
  },
  '/ws/connections': {
    total: 2,
    items: [
      connection(ngozi, 'mint_NGN', '2026-11-25T14:02:35.656Z'),
      connection(ada, 'wallet_ada', '2026-11-25T13:58:04.631Z'),
    ],
  },
};

function connection(whose: typeof ada, accountId: string, connectedAt: string) {
  return {
    ...whose,
    ...from,
    transport: 'WebSockets',
    connectedAt,
    expiresAt: '2026-11-25T15:02:35.000Z',
    subscriptionCount: 1,
    subscriptions: [accountId],
    unsent: 0,
    conflated: 0,
    waitingBytes: 0,
    slow: false,
  };
}

export const auditFigures: Readonly<Record<string, object>> = {
  '/ledger/audit': {
    items: [
      record(5, ngozi, 'hub.subscribe', ['mint_NGN']),
      record(4, ngozi, 'hub.connect', []),
      record(3, ada, 'hub.refuse', ['mint_NGN'], 'forbidden', { method: 'SubscribeBalance' }),
      record(2, ada, 'hub.subscribe', ['wallet_ada']),
      record(1, ada, 'hub.connect', []),
    ],
    nextCursor: null,
  },
};

function record(
  nth: number,
  whose: typeof ada,
  action: string,
  accountIds: readonly string[],
  code: string | null = null,
  details: object = {},
) {
  const id = `01a21529-43ef-711b-b0bb-00000000000${nth}`;
  const at = `2026-11-25T14:0${nth - 1}:35.6${nth}1Z`;
  return { id, at, action, code, accountIds, details, ...whose, ...from };
}

/** Of the first entry of the book, by the name that it has in the pictures. */
export const timelineFigures: Readonly<Record<string, object>> = {
  [`/payments/transfers/${entryName(0)}/timeline`]: {
    stages: [
      stage('admitted', 0),
      stage('committed', 6),
      stage('cached', 7),
      stage('published', 11),
      { ...stage('delivered', 14), deliveries: 3, lastAt: stageAt(19) },
    ],
    unanswered: [],
  },
};

function stage(name: string, offsetMs: number) {
  return { stage: name, status: 'measured', at: stageAt(offsetMs), offsetMs, node: 'atlas-0' };
}

function stageAt(offsetMs: number): string {
  return new Date(Date.UTC(2026, 10, 25, 12, 19, 20) + offsetMs).toISOString();
}

const steps = 60;
const stepSeconds = 15;
/** About where each kind of figure stands on a good day. */
const usual: Readonly<Record<TelemetryFigure['unit'], number>> = {
  'per second': 120,
  share: 0.002,
  ms: 38,
  count: 12,
};

/** The gateway's own figures and bars by name and unit, each with a line of the same shape at every run. */
export const telemetryFigures: Readonly<Record<string, Rewrite>> = {
  '/telemetry': (answer) => {
    const telemetry = answer as Telemetry;
    const toMs = Date.UTC(2026, 10, 25, 14, 5, 0);
    return {
      ...telemetry,
      from: new Date(toMs - steps * stepSeconds * 1_000).toISOString(),
      to: new Date(toMs).toISOString(),
      stepSeconds,
      complete: true,
      replicas: telemetry.replicas.map((replica) => ({
        ...replica,
        node: 'atlas-0',
        startedAt: '2026-11-25T13:01:12.239Z',
        state: 'answered',
      })),
      figures: telemetry.figures.map((figure, nth) => {
        const value = figure.name === 'cache.hitRatio' ? 0.81 : usual[figure.unit];
        const points = Array.from({ length: steps }, (_, step) => wave(value, nth, step));
        return { ...figure, value, points, parts: [] };
      }),
      slos: telemetry.slos.map((slo) => ({
        ...slo,
        value: slo.is === '<' ? slo.bar / 2 : Math.min(99.99, slo.bar + 0.05),
        events: slo.events === null ? null : 107_000,
        state: 'kept',
        burnRange: 0.3,
        burnHour: 0.2,
      })),
    };
  },
};

function wave(around: number, nth: number, step: number): number {
  return around * (1 + 0.2 * Math.sin(step / 5 + nth));
}
