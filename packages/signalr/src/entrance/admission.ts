/**
 * Who may come in. Before a negotiation, an upgrade and any other request stands the same question:
 * does the host know the caller, and may they act for this connection?
 */
import type { IncomingMessage } from 'node:http';
import { readToken } from './credentials.ts';
import type { Found } from './registry.ts';
import type { Hooks } from '../hooks.ts';
import type { Authentication, HubOptions } from '../options.ts';

/** An HTTP status that ends a request. */
export interface Refusal {
  status: number;
}

export function isRefusal(answer: object): answer is Refusal {
  return 'status' in answer;
}

/**
 * What the host says of the caller; a failing `authenticate` lets nobody in. `found` is what the
 * request's connection token stands for, if it has one.
 */
export async function authenticate<Identity>(
  { options, hooks }: { options: HubOptions<Identity>; hooks: Hooks<Identity> },
  { request, query }: { request: IncomingMessage; query: URLSearchParams },
  found?: Found<Identity>,
): Promise<Authentication<Identity>> {
  const connection = found?.state === 'open' ? found.connection : undefined;
  try {
    const token = readToken(request, query);
    const answer = await options.authenticate({ token, request, opens: connection === undefined });
    if (isRefusal(answer) || connection === undefined) return answer;
    const may = options.mayActFor?.(answer.identity, connection) ?? true;
    return may ? answer : { status: 403 };
  } catch (error) {
    hooks.failed(error);
    return { status: 500 };
  }
}
