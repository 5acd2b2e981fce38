// Refuses requests before anything is done for them: no token is verified, no app runs, only a body that
// was built at the start. So a crowd that asks for more than this process can answer is told to stay
// away for a while, at the price of a glance. In this order: what this process, or the line that a read
// would join, is too busy for; then how many are under way.
//
// The limit is a fixed one. What a read waits for has limits of its own that follow its speed or its
// places: Redis answers within CACHE_TIMEOUT_MS or is passed by, the book has bulkheads (read-guards.ts).
// What is left to bound is how much of that is held here at once; a limit that followed the latency would
// also shrink when callers wait for a version, which is slow by their own wish.
//
// What arrived while this process stood still is read all at once after it, before the answers that would
// have made room: for a moment twice as many may be under way.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ProblemError, problem } from '../contracts/problems.ts';
import { spreadSeconds } from '../platform/guards/guard.ts';
import type { App } from '../platform/app.ts';
import type { Metrics } from '../platform/metrics.ts';
import { PressureGate } from '../platform/pressure/gate.ts';
import type { Clock } from '../platform/pressure/running-clock.ts';
import type { TrafficClass } from '../platform/pressure/traffic-class.ts';
import type { TokenVerifier } from '../platform/tokens.ts';

const ledgerRoutes = ['balance', 'entries', 'accounts', 'audit'] as const;
export type LedgerRoute = (typeof ledgerRoutes)[number];
export type ByRoute<T> = Readonly<Record<LedgerRoute, T>>;

/** `pressure`: this process, or the line before the book, is at its limits. `inFlight`: too many requests. */
const readRefusals = ['pressure', 'inFlight'] as const;
export type ReadRefusal = (typeof readRefusals)[number];

const details: Readonly<Record<ReadRefusal, string>> = {
  pressure: 'This replica is at its limits. Try again after the time in Retry-After.',
  inFlight: 'Too many requests are under way. Try again after the time in Retry-After.',
};

/** There is more room for so long after a pause, by the clock that stood still in it. */
const afterPauseMs = 100;

export interface DoorOptions {
  readonly requestsMax: number;
  readonly metrics: Metrics;
  readonly clock: Pick<Clock, 'nowMs' | 'pause'>;
  /** From 0 to 1. */
  readonly degreeOf: (route: LedgerRoute) => number;
  /** Of this process alone: an account is opened in the core, past the lines before the book. */
  readonly ownDegree: () => number;
  readonly verifier: Pick<TokenVerifier, 'known'>;
  /** Between 0 and 1, as Math.random. */
  readonly random: () => number;
}

export interface LedgerDoor {
  /** True when it has answered: with a refusal. */
  readonly first: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Refuses what `first` leaves to the app: a browser reads a refusal only with its CORS headers. */
  guard(app: App): void;
  readonly requests: number;
  readonly requestsMax: number;
  readonly admitted: number;
  readonly shed: ByRoute<Readonly<Record<ReadRefusal, number>>>;
  /** The part of a route's normal requests that pressure lets through now. */
  part(route: LedgerRoute): number;
}

export function createLedgerDoor(options: DoorOptions): LedgerDoor {
  const { requestsMax, metrics, clock, degreeOf, ownDegree, verifier, random } = options;
  const shed = byRoute(() => ({ pressure: 0, inFlight: 0 }));
  const gates = byRoute((route) => new PressureGate(() => degreeOf(route)));
  const ownGate = new PressureGate(ownDegree);
  const left = new WeakMap<IncomingMessage, ReadRefusal>();
  let requests = 0;
  let admitted = 0;
  metrics.gauge('requests_in_flight', 'Requests under way', () => requests);
  metrics.gauge('requests_limit', 'Most requests under way', () => requestsMax);
  metrics.totals('shed_total', 'Requests refused as overload', ['route', 'reason'], () =>
    ledgerRoutes.flatMap((route) =>
      readRefusals.map((reason) => [{ route, reason }, shed[route][reason]] as const),
    ),
  );

  /** An operator's search can wait, and so can what says of itself that it can. */
  const classOf = (route: LedgerRoute, { headers }: IncomingMessage): TrafficClass =>
    route === 'audit' || verifier.known(headers.authorization)?.bulk === true ? 'bulk' : 'normal';

  function full(): boolean {
    if (requests < requestsMax) return false;
    const { ms, endedAtMs } = clock.pause;
    const justPaused = ms > 0 && clock.nowMs() - endedAtMs <= afterPauseMs;
    return !justPaused || requests >= 2 * requestsMax;
  }

  function refusalOf(route: LedgerRoute, request: IncomingMessage): ReadRefusal | undefined {
    const gate = request.method === 'PUT' ? ownGate : gates[route];
    // Whose token it is costs a look, so it is asked only when it matters.
    if (gate.part('bulk') < 1 && !gate.admits(classOf(route, request))) return 'pressure';
    return full() ? 'inFlight' : undefined;
  }

  return {
    get requests() {
      return requests;
    },
    requestsMax,
    get admitted() {
      return admitted;
    },
    shed,
    part: (route) => gates[route].part(route === 'audit' ? 'bulk' : 'normal'),
    first(request, response) {
      const route = routeOf(request.url!);
      if (route === undefined) return false;
      const reason = refusalOf(route, request);
      if (reason === undefined) {
        requests += 1;
        admitted += 1;
        response.once('close', () => (requests -= 1));
        return false;
      }
      shed[route][reason] += 1;
      if (request.headers.origin !== undefined) {
        left.set(request, reason);
        return false;
      }
      const body = bodies[reason];
      response.writeHead(503, {
        'content-type': 'application/problem+json',
        'content-length': String(body.length),
        'cache-control': 'no-store',
        'retry-after': String(spreadSeconds(random)),
      });
      response.end(body, 'latin1');
      return true;
    },
    guard(app) {
      app.addHook('onRequest', async ({ raw }) => {
        const reason = left.get(raw);
        if (reason === undefined) return;
        const retryAfterSeconds = spreadSeconds(random);
        throw new ProblemError('overloaded', details[reason], { retryAfterSeconds });
      });
    },
  };
}

/** Of ASCII. As text it goes into one write with the headers; a buffer would need a second. */
const bodyOf = (reason: ReadRefusal) => JSON.stringify(problem('overloaded', details[reason]));
const bodies = { pressure: bodyOf('pressure'), inFlight: bodyOf('inFlight') };

export function byRoute<T>(of: (route: LedgerRoute) => T): ByRoute<T> {
  return {
    balance: of('balance'),
    entries: of('entries'),
    accounts: of('accounts'),
    audit: of('audit'),
  };
}

/** Never refused: health, metrics, statistics, and what other roles ask for, which has walls of its own. */
const neverRefused =
  /^\/(?:health|metrics|openapi\.json|internal\/|ledger\/(?:cache|load-shedding)\/)/;

/**
 * Undefined for what is never refused. Everything else is of a route, since the router takes more than one
 * spelling of a path (`/ledger/account%73`, a whole URL): nobody passes by who finds another one.
 */
function routeOf(url: string): LedgerRoute | undefined {
  if (neverRefused.test(url)) return undefined;
  if (url.startsWith('/ledger/audit')) return 'audit';
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  if (path.endsWith('/balance')) return 'balance';
  return path.endsWith('/entries') ? 'entries' : 'accounts';
}
