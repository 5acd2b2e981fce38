/**
 * A hub: the methods that clients may call, the connections that are open, and the two entrances
 * (request and upgrade) that any HTTP server can be led to.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type Handler, Methods } from './calls/methods.ts';
import type { Parameter } from './calls/parameters.ts';
import type { AnyClient, ClientMethods } from './client-methods.ts';
import { Admissions } from './entrance/admissions.ts';
import { answerRequest, type Endpoint } from './entrance/answer-request.ts';
import { createConnectionTokens } from './entrance/connection-tokens.ts';
import { Connection, type ConnectionHost } from './connection.ts';
import type { HubConnection } from './hub-connection.ts';
import { splitUrl, withoutEndSlash } from './entrance/credentials.ts';
import { Registry } from './entrance/registry.ts';
import type { Opening } from './entrance/serve-connection.ts';
import { deferred } from './deferred.ts';
import { stagger } from './drain.ts';
import { createHooks, type Hooks } from './hooks.ts';
import { type Limits, limitsOf } from './limits.ts';
import type { HubOptions } from './options.ts';
import { Bundles } from './protocol/bundles.ts';
import { createStats, type HubStats } from './stats.ts';
import { startSweeps } from './sweeps.ts';
import { createUpgrade } from './entrance/upgrade.ts';

export interface Hub<
  Identity,
  Client extends ClientMethods<Client> = AnyClient,
> extends AsyncDisposable {
  /**
   * Adds a method. `parameters` has a Standard Schema for each argument, or `streamOf(schema)` where
   * the client sends a stream; an argument that its schema does not accept is refused with a
   * `HubError` that says which. What the handler returns is the caller's result.
   */
  method<const Parameters extends readonly Parameter[]>(
    name: string,
    parameters: Parameters,
    handler: Handler<HubConnection<Identity, Client>, Parameters, unknown>,
  ): void;
  /**
   * Adds a method that answers with a stream: each value of the iterable that the handler returns is
   * an item for the caller, taken when there is room to send it. When the caller cancels, the
   * iterator's `return` is called.
   */
  stream<const Parameters extends readonly Parameter[]>(
    name: string,
    parameters: Parameters,
    handler: Handler<HubConnection<Identity, Client>, Parameters, AsyncIterable<unknown>>,
  ): void;
  /** The connections whose `onConnected` has finished. */
  connections(): IterableIterator<HubConnection<Identity, Client>>;
  /** True when the request was for this hub, which then answers it. Its body must be unread. */
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

/**
 * `Client` are the methods of the client by their arguments, for the compiler.
 * @throws RangeError for a limit or a `nodeId` that is none
 */
export function createHub<Identity, Client extends ClientMethods<Client> = AnyClient>(
  options: HubOptions<Identity, Client>,
): Hub<Identity, Client> {
  const { secret = randomBytes(32), nodeId = '' } = options;
  const path = withoutEndSlash(options.path ?? '/ws');
  const limits = limitsOf(options.limits);
  const stats = createStats();
  const hooks = createHooks(options);
  const methods = new Methods<Connection<Identity>>(options.filter);
  let drained: Promise<void> | undefined;
  const emptied = deferred();

  const tokens = createConnectionTokens({
    secret,
    nodeId,
    lifetimeMs: limits.negotiationMs,
    now: Date.now,
  });
  const { spentTokensMax } = limits;
  const registry = new Registry<Identity>({ tokens, nodeId, spentTokensMax });
  const isDraining = () => drained !== undefined;
  const host = createHost({ options, hooks, limits, stats, methods, forget });
  const admissions = new Admissions(limits, stats);
  const entrance = {
    options,
    hooks,
    admissions,
    limits,
    tokens,
    registry,
    stats,
    isDraining,
    open,
  };
  const upgrade = createUpgrade<Identity>(entrance);
  const stopSweeps = startSweeps(() => registry.all(), {
    everyMs: limits.sweepMs,
    perTurnMax: limits.sweptPerTurnMax,
  });

  function open({ connectionId: id, ...opening }: Opening<Identity>): void {
    const connection = new Connection({ id, ...opening, host });
    registry.add(connection);
    stats.accepted += 1;
    stats.connections += 1;
    opening.transport.listen(connection);
  }

  function forget(connection: Connection<Identity>): void {
    registry.delete(connection);
    stats.connections -= 1;
    if (isDraining() && registry.size === 0) emptied.resolve();
  }

  async function drain(withinMs: number): Promise<void> {
    await stagger([...registry.all()], {
      withinMs,
      leave: sendAway,
      random: Math.random,
      now: () => performance.now(),
      wait: delay,
    });
    if (registry.size > 0) await emptied.promise;
    stopSweeps();
  }

  return {
    stats,
    method: (name, parameters, handler) =>
      methods.add(name, parameters, { streams: false, handler }),
    stream: (name, parameters, handler) =>
      methods.add(name, parameters, { streams: true, handler }),
    connections: () => connected(registry.all()),
    handleRequest(request, response) {
      const { path: requested, query } = splitUrl(request);
      const endpoint = endpointOf(path, requested);
      if (endpoint === undefined) return false;
      void answerRequest(entrance, endpoint, { request, response, query });
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

function* connected<Identity>(all: Iterable<Connection<Identity>>) {
  for (const connection of all) if (connection.connected) yield connection;
}

function sendAway<Identity>(connection: Connection<Identity>): void {
  connection.disconnect('draining');
}

function endpointOf(path: string, requested: string): Endpoint | undefined {
  if (requested === path) return 'connection';
  return requested === `${path}/negotiate` ? 'negotiate' : undefined;
}

/** What the hub does for its connections. */
function createHost<Identity, Client extends ClientMethods<Client>>(side: {
  options: HubOptions<Identity, Client>;
  hooks: Hooks<Identity>;
  limits: Limits;
  stats: HubStats;
  methods: Methods<Connection<Identity>>;
  forget: (connection: Connection<Identity>) => void;
}): ConnectionHost<Identity> {
  const { options, hooks, limits, stats, methods, forget } = side;
  return {
    limits,
    stats,
    bundles: new Bundles(),
    connected: async (connection) => options.onConnected?.(connection),
    methods,
    invoked: hooks.invoked,
    reattached: hooks.reattached,
    drained: hooks.drained,
    failed: hooks.failed,
    disconnected: hooks.disconnected,
    ended(connection, reason) {
      stats.disconnects[reason.code] += 1;
      forget(connection);
    },
  };
}
