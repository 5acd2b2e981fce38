// How many requests one caller has under way, and which of them come too slowly.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { problem } from '../../contracts/problems.ts';
import { answerProblem, endWithProblem } from '../end-with-problem.ts';
import { spreadSeconds } from '../guards/guard.ts';
import { callerOf } from './callers.ts';
import type { Connections } from './connections.ts';
import type { ServerLimits } from './limits.ts';
import type { FloodReason, FloodRefusals } from './refusals.ts';
import { SlowBodies } from './slow-bodies.ts';

export const tooSlow = problem('invalid_request', 'The request came too slowly.');

/** Counts requests while they are under way, and refuses those beyond what one caller may have. */
export class Requests {
  readonly #limits: ServerLimits;
  readonly #connections: Connections;
  readonly #refusals: FloodRefusals;
  readonly #bodies: SlowBodies;
  readonly #perCaller = new Map<string, number>();

  constructor(limits: ServerLimits, connections: Connections, refusals: FloodRefusals) {
    this.#limits = limits;
    this.#connections = connections;
    this.#refusals = refusals;
    this.#bodies = new SlowBodies(limits, () => performance.now());
  }

  /** False where it has answered. */
  admit(request: IncomingMessage, response: ServerResponse): boolean {
    const { socket } = request;
    const { callers, requestsPerAddressMax, requestsPerConnectionMax } = this.#limits;
    const address = callers.addressOf(request);
    const caller = address === undefined ? undefined : callerOf(address);
    const ofCaller = caller === undefined ? 0 : (this.#perCaller.get(caller) ?? 0);
    const ofConnection = this.#connections.begin(socket);
    if (caller !== undefined) this.#perCaller.set(caller, ofCaller + 1);
    response.once('close', () => {
      this.#connections.end(socket);
      if (caller !== undefined) this.#leave(caller);
    });
    if (ofConnection > requestsPerConnectionMax) {
      // It is the last one that is read here; the answers before it come first.
      socket.pause();
      this.#refuse('connection_requests', request, response);
      return false;
    }
    if (ofCaller >= requestsPerAddressMax) {
      this.#refuse('address_requests', request, response);
      return false;
    }
    this.#bodies.watch(request, response);
    return true;
  }

  cutSlowBodies(): void {
    for (const { request, response } of this.#bodies.find()) {
      const { socket } = request;
      this.#refusals.count('slow_body', socket.remoteAddress);
      if (response.headersSent) socket.destroy();
      else endWithProblem(socket, tooSlow);
    }
  }

  #leave(caller: string): void {
    const left = this.#perCaller.get(caller)! - 1;
    if (left === 0) this.#perCaller.delete(caller);
    else this.#perCaller.set(caller, left);
  }

  #refuse(reason: FloodReason, request: IncomingMessage, response: ServerResponse): void {
    this.#refusals.count(reason, request.socket.remoteAddress);
    const body = problem('rate_limited', 'Too many requests of one caller are under way.');
    answerProblem(response, body, spreadSeconds(Math.random));
  }
}
