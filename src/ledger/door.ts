// Refuses requests before anything is done for them: no token is verified, no app runs, only a body that
// was built at the start. So a crowd that asks for more than this process can answer is told to stay
// away for a while, at the price of a glance.
//
// The limit is a fixed one. What a read waits for has limits of its own that follow its speed or its
// places: Redis answers within CACHE_TIMEOUT_MS or is passed by, the book has bulkheads (read-guards.ts).
// What is left to bound is how much of that is held here at once; a limit that followed the latency would
// also shrink when callers wait for a version, which is slow by their own wish.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ProblemError, problem } from '../contracts/problems.ts';
import { spreadSeconds } from '../platform/guards/guard.ts';
import type { App } from '../platform/http.ts';
import type { Metrics } from '../platform/metrics.ts';

export const ledgerRoutes = ['balance', 'entries', 'accounts', 'audit'] as const;
export type LedgerRoute = (typeof ledgerRoutes)[number];

const detail = 'Too many requests are under way. Try again after the time in Retry-After.';

export interface DoorOptions {
  readonly requestsMax: number;
  readonly metrics: Metrics;
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
  readonly shed: Readonly<Record<LedgerRoute, number>>;
}

export function createLedgerDoor({ requestsMax, metrics, random }: DoorOptions): LedgerDoor {
  const shed = { balance: 0, entries: 0, accounts: 0, audit: 0 };
  const left = new WeakSet<IncomingMessage>();
  let requests = 0;
  let admitted = 0;
  metrics.gauge('requests_in_flight', 'Requests under way', () => requests);
  metrics.gauge('requests_limit', 'Most requests under way', () => requestsMax);
  metrics.totals('shed_total', 'Requests refused as overload', ['route', 'reason'], () =>
    ledgerRoutes.map((route) => [{ route, reason: 'inFlight' }, shed[route]] as const),
  );

  return {
    get requests() {
      return requests;
    },
    requestsMax,
    get admitted() {
      return admitted;
    },
    shed,
    first(request, response) {
      const route = routeOf(request.url!);
      if (route === undefined) return false;
      if (requests < requestsMax) {
        requests += 1;
        admitted += 1;
        response.once('close', () => (requests -= 1));
        return false;
      }
      shed[route] += 1;
      if (request.headers.origin !== undefined) {
        left.add(request);
        return false;
      }
      response.writeHead(503, {
        'content-type': 'application/problem+json',
        'content-length': String(refusal.length),
        'cache-control': 'no-store',
        'retry-after': String(spreadSeconds(random)),
      });
      response.end(refusal);
      return true;
    },
    guard(app) {
      app.addHook('onRequest', async ({ raw }) => {
        if (!left.has(raw)) return;
        throw new ProblemError('overloaded', detail, { retryAfterSeconds: spreadSeconds(random) });
      });
    },
  };
}

const refusal = Buffer.from(JSON.stringify(problem('overloaded', detail)));

/** Undefined for what is never refused: health, metrics, statistics. */
function routeOf(url: string): LedgerRoute | undefined {
  if (url.startsWith('/ledger/audit')) return 'audit';
  if (!url.startsWith('/ledger/accounts')) return undefined;
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  if (path.endsWith('/balance')) return 'balance';
  return path.endsWith('/entries') ? 'entries' : 'accounts';
}
