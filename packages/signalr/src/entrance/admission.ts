/**
 * Who may come in. Before a negotiation, an upgrade and any other request stands the same question:
 * does the host know the caller, and may they act for this connection?
 */
import type { IncomingMessage } from 'node:http';
import type { Admissions } from './admissions.ts';
import { readToken } from './credentials.ts';
import type { Found } from './registry.ts';
import type { Hooks } from '../hooks.ts';
import type { Authentication, HubOptions } from '../options.ts';

/** An HTTP status that ends a request, with the JSON of a problem where the host gives one. */
export interface Refusal {
  status: number;
  problem?: object;
}

export function isRefusal(answer: object): answer is Refusal {
  return 'status' in answer;
}

/**
 * What the host says of the caller; a failing `authenticate` lets nobody in. `found` is what the
 * request's connection token stands for, if it has one.
 */
export async function authenticate<Identity>(
  side: { options: HubOptions<Identity>; hooks: Hooks<Identity>; admissions: Admissions },
  { request, query }: { request: IncomingMessage; query: URLSearchParams },
  found?: Found<Identity>,
): Promise<Authentication<Identity>> {
  const { options, hooks, admissions } = side;
  const connection = found?.state === 'open' ? found.connection : undefined;
  // Who is in already does not queue with those who come.
  const leave = connection === undefined ? await admissions.enter(sourceOf(request)) : stay;
  if (leave === undefined) return { status: 503 };
  try {
    const token = readToken(request, query);
    const answer = await options.authenticate({ token, request, opens: connection === undefined });
    if (isRefusal(answer) || connection === undefined) return answer;
    const may = options.mayActFor?.(answer.identity, connection) ?? true;
    return may ? answer : { status: 403 };
  } catch (error) {
    hooks.failed(error);
    return { status: 500 };
  } finally {
    leave();
  }
}

export const problemType = 'application/problem+json';

/** Seconds after which it makes sense to try again. */
export const retryAfterSeconds = 1;

function stay(): void {}

/**
 * The address that a proxy has seen, or the peer's. Whoever comes directly may write there what it
 * likes: with many names it has no more than its place in the line.
 */
function sourceOf({ headers, socket }: IncomingMessage): string {
  const forwarded = headers['x-forwarded-for'];
  return forwarded?.toString().split(',').at(-1)!.trim() ?? socket.remoteAddress ?? '';
}
