// The gateway: the one address that clients need. It checks tokens, passes /payments and /ledger on to
// their roles and /ws whole to realtime, ends sessions, serves the console, and loads a system that is not
// production.
//
// CORS of /payments and /ledger is answered here and only here: `Origin` is not passed on, so a role
// adds no second set of headers. On /ws the role answers it, like everything else there.
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { ProblemError, problem } from '../contracts/problems.ts';
import type { ProcessContext } from '../platform/context.ts';
import { serverLimits } from '../platform/floods/limits.ts';
import type { App } from '../platform/app.ts';
import { createApp, listen } from '../platform/http.ts';
import { measurePressure } from '../platform/pressure/metrics.ts';
import { feelPressure } from '../platform/pressure/own-pressure.ts';
import { windowMs } from '../platform/pressure/pressure.ts';
import { ownUrl } from '../platform/own-url.ts';
import type { RunningRole } from '../platform/role.ts';
import { addTelemetry } from '../platform/telemetry/index.ts';
import { addConsole } from './console.ts';
import { createDoor, isOperators } from './door.ts';
import { forward } from '../platform/proxy/forward.ts';
import { addLoadSheddingStats } from './load-shedding-stats.ts';
import { addLoadRuns } from './load/index.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { addSessions } from './sessions.ts';
import { addSignInSettings, readSignIns } from './sign-in.ts';
import { addPlatformTelemetry } from './telemetry/index.ts';
import {
  apiLimits,
  streamLimits,
  Upstream,
  type UpstreamOptions,
} from '../platform/proxy/upstream.ts';
import { refuse, WebSockets } from '../platform/proxy/web-socket.ts';

/** A connection on which nothing moves for longer, in either direction, is closed. */
const connectionSilenceMs = 150_000;
/** How long an answer should take here where this process is short of processor, by the target of a role, which
 * needs one itself: on its way it waits for this process several times. */
const targets = 3;

export interface GatewayEngines {
  /** Base URLs of the roles. */
  readonly payments: string;
  readonly ledger: string;
  readonly realtime: string;
  /** The built console; without it `/` is 404. */
  readonly consoleFolder: string | undefined;
  /** How this process feels itself; a test may have it feel something else. */
  readonly feel?: typeof feelPressure;
}

export async function startGateway(
  context: ProcessContext,
  { payments, ledger, realtime, consoleFolder, feel = feelPressure }: GatewayEngines,
): Promise<RunningRole> {
  const { settings, verifier, corsOrigins } = context;
  const { log, metrics, guards } = context.forRole('gateway');
  const signIns = readSignIns(settings);
  await using started = new AsyncDisposableStack();
  const upstream = (options: Omit<UpstreamOptions, 'guards'>) =>
    started.use(new Upstream({ ...options, guards }));
  const api = { limits: apiLimits, targetMs: targets * settings.LS_TARGET_MS };
  const upstreams = {
    payments: upstream({ name: 'payments', url: payments, ...api }),
    ledger: upstream({ name: 'ledger', url: ledger, ...api }),
    realtime: upstream({ name: 'realtime', url: realtime, limits: streamLimits }),
  };
  const { clock, pressure } = started.use(feel(settings.LS_LOOP_LAG_MS, {}));
  measurePressure(metrics, { pressure, clock });
  const windows = setInterval(() => {
    pressure.endWindow();
    const short = clock.starved || pressure.degree > 0;
    for (const each of Object.values(upstreams)) each.endWindow(short);
  }, windowMs);
  started.defer(() => clearInterval(windows));
  const door = createDoor(upstreams);
  const streams = new Streams(upstreams.realtime);
  const webSockets = new WebSockets(upstreams.realtime);

  const app = await createApp({
    role: 'gateway',
    log,
    metrics,
    limits: serverLimits(settings),
    verifier,
    corsOrigins,
    health: Object.fromEntries(
      Object.entries(upstreams).map(([name, upstream]) => [name, () => upstream.isLive()]),
    ),
    first: (request, response) => streams.take(request, response) || door(request, response),
  });
  const provider = signIns.console === null ? undefined : new URL(signIns.console.issuer).origin;
  app.addHook('onSend', async (request, reply) => addSecurityHeaders(request, reply, provider));
  addSessions(app, context.control);
  addLoadSheddingStats(app, { node: context.control.node, upstreams });
  const addresses = { payments, ledger, realtime };
  started.use(addPlatformTelemetry(app, { context, addresses, guards, log }));
  addTelemetry(app, {
    role: 'gateway',
    metrics,
    log,
    secret: context.internalSecret,
    checks: Object.fromEntries(
      Object.entries(upstreams).map(([name, upstream]) => [name, () => upstream.isReady()]),
    ),
    engines: [],
  });
  addSignInSettings(app, signIns, { developmentTokens: context.developmentKeys !== undefined });
  const loads = started.use(addLoadRuns(app, context));
  await addForwarding(app, { payments: upstreams.payments, ledger: upstreams.ledger });
  if (consoleFolder !== undefined) await addConsole(app, consoleFolder);
  passWebSockets(app, webSockets);
  app.server.setTimeout(connectionSilenceMs);
  metrics.gauge('web_sockets_open', 'WebSockets passed through', () => webSockets.count);
  metrics.gauge('streams_open', 'Requests on /ws under way', () => streams.count);
  metrics.gauge('upstream_requests', 'Requests to the roles under way', () =>
    Object.values(upstreams).reduce((sum, { requests }) => sum + requests, 0),
  );

  const { url, ...server } = await listen(app, {
    host: settings.ATLAS_HOST,
    port: settings.ATLAS_GATEWAY_PORT,
    drainMs: settings.ATLAS_DRAIN_MS,
  });
  loads.serve(url);
  started.defer(async () => {
    const closed = server[Symbol.asyncDispose]();
    // These would outlast any drain; their clients connect again elsewhere.
    streams.closeAll();
    webSockets.closeAll();
    await closed;
  });
  context.control.announce('gateway', ownUrl(settings, url));
  const resources = started.move();
  return { role: 'gateway', url, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** Routes by prefix; the body is not parsed here but streamed on. */
async function addForwarding(
  app: App,
  upstreams: { readonly payments: Upstream; readonly ledger: Upstream },
): Promise<void> {
  const drop = new Set(['origin']);
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    for (const [prefix, upstream] of Object.entries(upstreams)) {
      scope.route({
        method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
        url: `/${prefix}/*`,
        schema: { hide: true },
        handler: async (request, reply) => {
          const headers = reply.getHeaders() as OutgoingHttpHeaders;
          const always = isOperators(request.url);
          await forward(request.raw, reply.raw, upstream, { drop, headers, always });
          reply.hijack();
        },
      });
    }
  });
}

/** Requests on /ws: negotiation, polls and event streams, past the app's own hooks. */
class Streams {
  readonly #upstream: Upstream;
  readonly #open = new Set<ServerResponse>();

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  get count(): number {
    return this.#open.size;
  }

  readonly take = (request: IncomingMessage, response: ServerResponse): boolean => {
    if (!isWebSocketPath(request.url)) return false;
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
    forward(request, response, this.#upstream).catch((error: unknown) => {
      sendRefusal(response, error, request.url!.split('?', 1)[0]!);
    });
    return true;
  };

  closeAll(): void {
    for (const response of this.#open) response.destroy();
  }
}

function sendRefusal(response: ServerResponse, error: unknown, instance: string): void {
  if (response.headersSent) return void response.destroy();
  const { code, message, retryAfterSeconds } =
    error instanceof ProblemError ? error : new ProblemError('internal', 'The request failed.');
  const body = problem(code, message, { instance });
  response.setHeader('content-type', 'application/problem+json');
  response.setHeader('cache-control', 'no-store');
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', retryAfterSeconds);
  response.writeHead(body.status);
  response.end(JSON.stringify(body));
}

function passWebSockets({ server }: App, webSockets: WebSockets): void {
  // Other upgrades (curl offers HTTP/2) are for us to ignore, not to refuse.
  Object.assign(server, { shouldUpgradeCallback: isWebSocket });
  server.on('upgrade', (request, socket, head) => {
    if (request.method === 'GET') webSockets.pass(request, socket, head);
    else refuse(socket, problem('method_not_allowed', 'A WebSocket begins with GET.'));
  });
}

function isWebSocket({ url, headers }: IncomingMessage): boolean {
  return isWebSocketPath(url) && headers.upgrade?.toLowerCase() === 'websocket';
}

function isWebSocketPath(url: string | undefined): boolean {
  return url !== undefined && /^\/ws(?:[/?]|$)/.test(url);
}
