// Refuses what there is no place for before anything is done for it: no routing, no token, no stream, only
// headers and a body that were built at the start. A gateway that is short of processor has to refuse most of
// what comes, and can do so only where it costs next to nothing.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { problem } from '../contracts/problems.ts';
import { spreadSeconds } from '../platform/guards/guard.ts';
import type { Upstream } from '../platform/proxy/upstream.ts';
import type { First } from '../platform/server.ts';

export interface DoorUpstreams {
  readonly payments: Upstream;
  readonly ledger: Upstream;
}

export function createDoor({ payments, ledger }: DoorUpstreams): First {
  const bodies = new Map([payments, ledger].map((upstream) => [upstream, bodyOf(upstream)]));
  const upstreamOf = (url: string): Upstream | undefined => {
    if (url.startsWith('/payments/')) return payments;
    return url.startsWith('/ledger/') ? ledger : undefined;
  };

  return ({ url, headers }: IncomingMessage, response: ServerResponse) => {
    const upstream = upstreamOf(url!);
    if (upstream === undefined || !upstream.bulkhead.full || isOperators(url!)) return false;
    // A browser reads the refusal only with CORS headers, which are set where the app refuses.
    if (headers.origin !== undefined) return false;
    upstream.countRefused('full');
    const body = bodies.get(upstream)!;
    response.writeHead(503, {
      'content-type': 'application/problem+json',
      'content-length': String(body.length),
      'cache-control': 'no-store',
      'retry-after': String(spreadSeconds(Math.random)),
    });
    response.end(body, 'latin1');
    return true;
  };
}

/** How a role stands, and how much it may admit: what is wanted just when there is too much to do. */
export function isOperators(url: string): boolean {
  return /^\/(?:payments|ledger)\/(?:load-shedding|cache)(?:[/?]|$)/.test(url);
}

/** Of ASCII. As text it goes into one write with the headers; a buffer would need a second. */
function bodyOf({ fullDetail }: Upstream): string {
  return JSON.stringify(problem('overloaded', fullDetail));
}
