/**
 * Who may come in. Before a negotiation, an upgrade and any other request stands the same question:
 * does the host know the caller, and may they act for this connection?
 */
import type { IncomingMessage } from 'node:http';
import type { Admissions } from './admissions.ts';
import { readToken } from './credentials.ts';
import type { Limits } from '../limits.ts';
import type { Found, Registry } from './registry.ts';
import type { Hooks } from '../hooks.ts';
import type { HubOptions } from '../options.ts';
import type { Refusal } from './answers.ts';

/** Who somebody is, until when. */
export interface Authenticated<Identity> {
  identity: Identity;
  expiresAtMs?: number;
}

/**
 * What the host says of the caller; a failing `authenticate` lets nobody in. `opens`: the request is
 * not for a connection that is open already. Undefined when the client has gone meanwhile.
 */
export async function authenticate<Identity>(
  side: { options: HubOptions<Identity>; hooks: Hooks<Identity>; admissions: Admissions },
  { request, query }: { request: IncomingMessage; query: URLSearchParams },
  { opens }: { opens: boolean },
): Promise<Authenticated<Identity> | Refusal | undefined> {
  const { options, hooks, admissions } = side;
  // Who is in already does not queue with those who come.
  const leave = opens ? await admissions.enter(sourceOf(request)) : stay;
  if (leave === undefined) return { status: 503, reason: 'admissions_full' };
  try {
    // In a crowd many have given up before it is their turn, and have come again since.
    if (hasGone(request)) return undefined;
    const token = readToken(request, query);
    const answer = await options.authenticate({ token, request, opens });
    return hasGone(request) ? undefined : answer;
  } catch (error) {
    hooks.failed(error);
    return { status: 500 };
  } finally {
    leave();
  }
}

/** Whether the caller may act for what the connection token stands for; for what is not open, anybody. */
export function mayActFor<Identity>(
  { hooks }: { hooks: Hooks<Identity> },
  { identity }: Authenticated<Identity>,
  found: Found<Identity>,
): boolean {
  return found.state !== 'open' || hooks.mayActFor(identity, found.connection);
}

/** Why no connection may be opened now, if so. */
export function noRoom<Identity>(side: {
  isDraining: () => boolean;
  registry: Registry<Identity>;
  limits: Limits;
}): Refusal | undefined {
  if (side.isDraining()) return { status: 503, reason: 'draining' };
  const full = side.registry.size >= side.limits.connectionsMax;
  return full ? { status: 503, reason: 'connections_full' } : undefined;
}

function stay(): void {}

/** Also who has been refused meanwhile, as too late. */
function hasGone({ socket }: IncomingMessage): boolean {
  return socket.destroyed || socket.writableEnded;
}

/**
 * The address that a proxy has seen, or the peer's. Whoever comes directly may write there what it
 * likes: with many names it has no more than its place in the line.
 */
function sourceOf({ headers, socket }: IncomingMessage): string {
  const forwarded = headers['x-forwarded-for'];
  return forwarded?.toString().split(',').at(-1)!.trim() ?? socket.remoteAddress ?? '';
}
