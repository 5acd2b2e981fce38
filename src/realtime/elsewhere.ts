// Requests for a connection that another replica holds: its events, its polls, a socket that comes back.
// They are passed on as the gateway would, so that behind any balancer every transport works, sticky
// sessions or not. A request is passed on once: where it arrives then, it is answered.
import type { Arrival } from '@atlas/signalr';
import { ProblemError, problem, type Problem } from '../contracts/problems.ts';
import { forward } from '../platform/proxy/forward.ts';
import { streamLimits, Upstream } from '../platform/proxy/upstream.ts';
import { WebSockets } from '../platform/proxy/web-socket.ts';
import type { Control } from '../platform/control.ts';
import type { Guards } from '../platform/guards/guards.ts';
import type { Log } from '../platform/logs.ts';
import { endWithProblem } from '../platform/end-with-problem.ts';
import { limits } from './limits.ts';

/** Says that a replica has passed it on already. */
const passedHeader = 'x-atlas-passed';

export interface Elsewhere extends AsyncDisposable {
  /** Sees to an answer, whatever happens. */
  pass(nodeId: string, arrival: Arrival): void;
  /** Requests and sockets that are passed on now. */
  readonly count: number;
}

interface Peer {
  readonly upstream: Upstream;
  readonly sockets: WebSockets;
}

export interface ElsewhereParts {
  readonly control: Control;
  readonly guards: Guards;
  readonly log: Log;
}

export function createElsewhere({ control, guards, log }: ElsewhereParts): Elsewhere {
  const peers = new Map<string, Peer>();
  const urls = new Map<string, string>();
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> = Promise.resolve();

  /** Of one that is known the core is not asked: it may be away. */
  async function urlOf(nodeId: string): Promise<string | undefined> {
    const known = urls.get(nodeId);
    if (known !== undefined) return known;
    if (performance.now() - askedAt > limits.nodesEveryMs) {
      askedAt = performance.now();
      asking = ask();
    }
    await asking;
    return urls.get(nodeId);
  }

  async function ask(): Promise<void> {
    const nodes = await control.nodes('realtime');
    urls.clear();
    for (const { id, url } of nodes) urls.set(id, url);
    for (const [url, { upstream, sockets }] of peers) {
      if (nodes.some((node) => node.url === url)) continue;
      peers.delete(url);
      sockets.closeAll();
      await upstream[Symbol.asyncDispose]();
    }
  }

  function peerAt(url: string): Peer {
    let peer = peers.get(url);
    if (peer === undefined) {
      const name = `realtime ${url}`;
      const upstream = new Upstream({ name, url, limits: streamLimits, guards });
      peer = { upstream, sockets: new WebSockets(upstream) };
      peers.set(url, peer);
    }
    return peer;
  }

  async function pass(nodeId: string, arrival: Arrival): Promise<void> {
    const { request } = arrival;
    const url = request.headers[passedHeader] === undefined ? await urlOf(nodeId) : undefined;
    if (url === undefined) throw new ProblemError('not_found', 'No such connection is known.');
    request.rawHeaders.push(passedHeader, '1');
    const { upstream, sockets } = peerAt(url);
    if ('socket' in arrival) sockets.pass(request, arrival.socket, arrival.head);
    else await forward(request, arrival.response, upstream);
  }

  return {
    pass(nodeId, arrival) {
      pass(nodeId, arrival).catch((error: unknown) => {
        if (!(error instanceof ProblemError)) log.error({ err: error }, 'hub: passing on failed');
        const { code, message, retryAfterSeconds } =
          error instanceof ProblemError ? error : new ProblemError('internal', 'It was logged.');
        answer(arrival, problem(code, message), retryAfterSeconds);
      });
    },
    get count() {
      let sum = 0;
      for (const { upstream, sockets } of peers.values()) sum += upstream.requests + sockets.count;
      return sum;
    },
    async [Symbol.asyncDispose]() {
      for (const { sockets } of peers.values()) sockets.closeAll();
      await Promise.all([...peers.values()].map(({ upstream }) => upstream[Symbol.asyncDispose]()));
    },
  };
}

function answer(arrival: Arrival, body: Problem, retryAfterSeconds?: number): void {
  if ('socket' in arrival) return endWithProblem(arrival.socket, body, retryAfterSeconds);
  const { response } = arrival;
  if (response.headersSent) return void response.destroy();
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', retryAfterSeconds);
  response.writeHead(body.status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(body));
}
