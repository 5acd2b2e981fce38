// How many requests one caller has under way, and which of them come too slowly. A caller who connects
// directly is bounded by its connections and what each may have; behind a proxy, which has a connection
// for many callers, each caller's requests are counted.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { problem } from '../../contracts/problems.ts';
import { answerProblem, endWithProblem } from '../end-with-problem.ts';
import { spreadSeconds } from '../guards/guard.ts';
import { leave, type Connections } from './connections.ts';
import type { ServerLimits } from './limits.ts';
import type { FloodReason, FloodRefusals } from './refusals.ts';
import { findSlowBodies } from './slow-bodies.ts';

export const tooSlow = problem('invalid_request', 'The request came too slowly.');

export class Requests {
  readonly #limits: ServerLimits;
  readonly #connections: Connections;
  readonly #refusals: FloodRefusals;
  readonly #perCaller = new Map<string, number>();

  constructor(limits: ServerLimits, connections: Connections, refusals: FloodRefusals) {
    this.#limits = limits;
    this.#connections = connections;
    this.#refusals = refusals;
  }

  /** False where it has answered. */
  admit(request: IncomingMessage, response: ServerResponse): boolean {
    const { callers, requestsPerAddressMax, requestsPerConnectionMax } = this.#limits;
    if (this.#connections.begin(request, response) > requestsPerConnectionMax) {
      // It is the last one that is read here; the answers before it come first.
      request.socket.pause();
      this.#refuse('connection_requests', request, response);
      return false;
    }
    const caller = callers.forwarded(request);
    if (caller === undefined) return true;
    const underWay = this.#perCaller.get(caller) ?? 0;
    if (underWay >= requestsPerAddressMax) {
      this.#refuse('address_requests', request, response);
      return false;
    }
    this.#perCaller.set(caller, underWay + 1);
    response.once('close', () => leave(this.#perCaller, caller));
    return true;
  }

  cutSlowBodies(): void {
    const slow = findSlowBodies(this.#connections.all(), this.#limits, performance.now());
    for (const { socket, response } of slow) {
      this.#refusals.count('slow_body', socket.remoteAddress);
      if (response!.headersSent) socket.destroy();
      else endWithProblem(socket, tooSlow);
    }
  }

  #refuse(reason: FloodReason, request: IncomingMessage, response: ServerResponse): void {
    this.#refusals.count(reason, request.socket.remoteAddress);
    const body = problem('rate_limited', 'Too many requests of one caller are under way.');
    answerProblem(response, body, spreadSeconds(Math.random));
  }
}
