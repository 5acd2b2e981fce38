/** What a request may come to: a refusal with its reason, or an answer with a body. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Hooks } from '../hooks.ts';
import type { RefusalReason } from '../options.ts';

export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  query: URLSearchParams;
}

/** A refusal's problem stands in place of a body. */
export interface Answer extends Refusal {
  body?: object;
}

/** An HTTP status that ends a request, with the JSON of a problem where the host gives one at once. */
export interface Refusal {
  status: number;
  problem?: object;
  /** Of what the hub itself has no room for. */
  reason?: RefusalReason;
}

export function isRefusal<Answer extends object>(
  answer: Answer,
): answer is Extract<Answer, { status: number }> {
  return 'status' in answer;
}

/** What a refused request is answered with, if anything. */
export function problemOf<Identity>(
  hooks: Hooks<Identity>,
  { status, problem, reason }: Refusal,
  request: IncomingMessage,
): object | undefined {
  return problem ?? hooks.refused({ status, ...(reason && { reason }), request });
}

export const problemType = 'application/problem+json';

/** Seconds after which it makes sense to try again. */
export const retryAfterSeconds = 1;
