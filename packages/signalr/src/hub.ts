/**
 * A hub: the methods that clients may call, the connections that are open, and the two entrances
 * (request and upgrade) that any HTTP server can be led to.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createConnectionIds } from './entrance/admission.ts';
import { answerRequest, type Endpoint } from './entrance/answer-request.ts';
import { createConnectionTokens } from './entrance/connection-tokens.ts';
import { Connection, type ConnectionHost, type HubConnection } from './connection.ts';
import { splitUrl } from './entrance/credentials.ts';
import { stagger } from './drain.ts';
import { createHooks, type Hooks } from './hooks.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { type Handler, Methods, type ReadArguments } from './methods.ts';
import type { HubOptions } from './options.ts';
import { createStats, type HubStats } from './stats.ts';
import { createUpgrade } from './entrance/upgrade.ts';

export interface Hub<Identity> extends AsyncDisposable {
  /**
   * Adds a method. `readArguments` gets whatever the client sent and returns typed arguments or
   * throws a `HubError`; so may the handler. What the handler returns is the caller's result.
   */
  method<Read extends ReadArguments>(
    name: string,
    readArguments: Read,
    handler: Handler<HubConnection<Identity>, ReturnType<Read>>,
  ): void;
  /** The connections whose `onConnected` has finished. */
  connections(): IterableIterator<HubConnection<Identity>>;
  /** True when the request was for this hub, which then answers it. Reads no body. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean;
  /** True when the upgrade was for this hub, which then owns the socket. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /**
   * Lets nobody in any more and asks all to reconnect elsewhere, spread over `withinMs`; resolves
   * when the last connection has ended. Disposing is draining at once.
   */
  drain(options: { withinMs: number }): Promise<void>;
  readonly stats: Readonly<HubStats>;
}

export function createHub<Identity>(options: HubOptions<Identity>): Hub<Identity> {
  const { path = '/ws', secret = randomBytes(32) } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const stats = createStats();
  const hooks = createHooks(options);
  const methods = new Methods<HubConnection<Identity>>({ stats, onInvocation: hooks.invoked });
  const open = new Map<string, Connection<Identity>>();
  let drained: Promise<void> | undefined;
  const emptied = Promise.withResolvers<void>();

  const tokens = createConnectionTokens({
    secret,
    lifetimeMs: limits.negotiationMs,
    now: Date.now,
  });
  const ids = createConnectionIds({
    tokens,
    isOpen: (connectionId) => open.has(connectionId),
    spentTokensMax: limits.spentTokensMax,
  });
  const isDraining = () => drained !== undefined;
  const host = createHost({ options, hooks, limits, stats, methods, forget });
  const upgrade = createUpgrade<Identity>({
    options,
    hooks,
    limits,
    ids,
    stats,
    isDraining,
    open({ connectionId: id, transport, ...authentication }) {
      const connection = new Connection({ id, ...authentication, transport, host });
      open.set(id, connection);
      stats.accepted += 1;
      stats.connections += 1;
      transport.listen(connection);
    },
  });
  const sweeper = setInterval(sweep, limits.sweepMs).unref();

  function sweep(): void {
    const now = performance.now();
    for (const connection of open.values()) connection.sweep(now);
  }

  function forget(connection: Connection<Identity>): void {
    open.delete(connection.id);
    stats.connections -= 1;
    if (isDraining() && open.size === 0) emptied.resolve();
  }

  async function drain(withinMs: number): Promise<void> {
    await stagger([...open.values()], { withinMs, random: Math.random, leave: sendAway });
    if (open.size > 0) await emptied.promise;
    clearInterval(sweeper);
  }

  return {
    stats,
    method: (name, readArguments, handler) => methods.add(name, readArguments, handler),
    connections: () => open.values().filter((connection) => connection.connected),
    handleRequest(request, response) {
      const { path: requested, query } = splitUrl(request);
      const endpoint = endpointOf(path, requested);
      if (endpoint === undefined) return false;
      const side = { options, hooks, tokens, ids, stats, isDraining };
      void answerRequest(side, endpoint, query, { request, response });
      return true;
    },
    handleUpgrade(request, socket, head) {
      const { path: requested, query } = splitUrl(request);
      if (requested !== path) return false;
      void upgrade({ request, socket, head, query });
      return true;
    },
    drain: ({ withinMs }) => (drained ??= drain(withinMs)),
    [Symbol.asyncDispose]: () => (drained ??= drain(0)),
  };
}

function sendAway<Identity>(connection: Connection<Identity>): void {
  connection.disconnect('draining');
}

function endpointOf(path: string, requested: string): Endpoint | undefined {
  if (requested === path) return 'connection';
  return requested === `${path}/negotiate` ? 'negotiate' : undefined;
}

/** What the hub does for its connections. */
function createHost<Identity>(side: {
  options: HubOptions<Identity>;
  hooks: Hooks<Identity>;
  limits: Limits;
  stats: HubStats;
  methods: Methods<HubConnection<Identity>>;
  forget: (connection: Connection<Identity>) => void;
}): ConnectionHost<Identity> {
  const { options, hooks, limits, stats, methods, forget } = side;
  return {
    limits,
    stats,
    connected: async (connection) => options.onConnected?.(connection),
    invoke: (connection, call, protocol) => methods.invoke(connection, call, protocol),
    drained: hooks.drained,
    failed: hooks.failed,
    disconnected: hooks.disconnected,
    ended(connection, reason) {
      stats.disconnects[reason.code] += 1;
      forget(connection);
    },
  };
}
