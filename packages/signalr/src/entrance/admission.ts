/**
 * Who may come in, and as which connection. The same questions, in the same order, stand before a
 * negotiation, an upgrade and any other request: does the host know the caller, and is the
 * connection token ours and unused?
 */
import type { IncomingMessage } from 'node:http';
import { type ConnectionTokens, createConnectionId } from './connection-tokens.ts';
import { readToken } from './credentials.ts';
import type { Hooks } from '../hooks.ts';
import type { Authentication, HubOptions } from '../options.ts';

/** An HTTP status that ends a request. */
export interface Refusal {
  status: number;
}

export function isRefusal(answer: object): answer is Refusal {
  return 'status' in answer;
}

/** A failing `authenticate` lets nobody in. */
export async function authenticate<Identity>(
  { options, hooks }: { options: HubOptions<Identity>; hooks: Hooks<Identity> },
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<Authentication<Identity>> {
  try {
    return await options.authenticate({ token: readToken(request, query), request });
  } catch (error) {
    hooks.failed(error);
    return { status: 500 };
  }
}

export interface ConnectionIds {
  /** The id of the connection to open; with no token (negotiation was skipped) a new one. */
  claim(token: string | null): { connectionId: string } | Refusal;
  /** What a request that is no upgrade may do with this token here. */
  refuse(method: string, token: string | null): Refusal;
}

export function createConnectionIds(options: {
  tokens: ConnectionTokens;
  isOpen: (connectionId: string) => boolean;
  spentTokensMax: number;
}): ConnectionIds {
  const { tokens, isOpen, spentTokensMax } = options;
  const spent = new Set<string>();

  return {
    claim(token) {
      if (token === null) return { connectionId: createConnectionId() };
      const known = tokens.read(token);
      if (known === undefined) return { status: 404 };
      const { connectionId, expired } = known;
      if (isOpen(connectionId)) return { status: 409 };
      if (expired || spent.has(connectionId)) return { status: 404 };
      spent.add(connectionId);
      if (spent.size > spentTokensMax) spent.delete(spent.values().next().value!);
      return { connectionId };
    },

    refuse(method, token) {
      if (token === null) return { status: 400 };
      const known = tokens.read(token);
      if (known === undefined || !isOpen(known.connectionId)) return { status: 404 };
      return { status: method === 'POST' ? 405 : 400 };
    },
  };
}
