// The HTTP face that every role shares: validation that never coerces money, problem+json for every
// error, tokens, health, metrics, OpenAPI, a limit on bodies, and draining.
import cors from '@fastify/cors';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { LogController, type FastifyReply, type FastifyRequest } from 'fastify';
import { ProblemError, problem, problems, type Problem } from '../contracts/problems.ts';
import type { App } from './app.ts';
import { addHealth, type HealthChecks } from './health.ts';
import type { Identity } from './identity.ts';
import { knownMethods } from './known-methods.ts';
import type { Log } from './logs.ts';
import type { Metrics } from './metrics.ts';
import { describeRoutes } from './openapi.ts';
import { originAllowed } from './origins.ts';
import { serverLimits, type ServerLimits } from './floods/limits.ts';
import { createHttpServer, type First, type HttpServer } from './server.ts';
import { readSettings } from './settings.ts';
import { bearerToken, type TokenVerifier } from './tokens.ts';

const bodyBytesMax = 2 * 1024 * 1024;
const idleCheckMs = 50;
const urlParameterLengthMax = 512;

export interface AppOptions {
  readonly role: string;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly verifier: TokenVerifier;
  readonly corsOrigins: readonly string[];
  readonly health: HealthChecks;
  readonly bodyBytesMax?: number;
  /** Of the server; the defaults of the settings where it is left out. */
  readonly limits?: ServerLimits;
  /** Sees every request before the app, its hooks and its metrics; true: it answers this one. */
  readonly first?: First;
}

/** An app with everything but the role's own routes. Routes need a token unless they are `public`. */
export async function createApp(options: AppOptions): Promise<App> {
  const { role, log, metrics, verifier, corsOrigins, first } = options;
  const limits = options.limits ?? serverLimits(readSettings({}));
  let http: HttpServer | undefined;
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyBytesMax ?? bodyBytesMax,
    routerOptions: { maxParamLength: urlParameterLengthMax },
    serverFactory: (answer) => {
      http = createHttpServer({ limits, metrics, log, first, answer });
      return http.server;
    },
    // Fastify's defaults turn a number into a string and drop unknown fields: both corrupt money.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: false } },
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    clientErrorHandler: (error, socket) => http!.onClientError(error, socket),
    frameworkErrors: (error, request, reply) => {
      sendError(error, request, reply);
    },
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as App;

  // Only JSON: what is sent as text is 415, and not a string that no schema takes.
  app.removeContentTypeParser('text/plain');
  app.decorate('floods', http!.floods);
  app.decorateRequest('identity', null as unknown as Identity);
  app.decorateRequest('problemCode', undefined);
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply));
  const methodsOf = knownMethods(app);
  const sendNotFound = (request: FastifyRequest, reply: FastifyReply) => {
    const allowed = methodsOf(pathOf(request));
    if (allowed.length === 0 || allowed.includes(request.method)) {
      return sendProblem(request, reply, problem('not_found', 'No such route.'));
    }
    reply.header('allow', allowed.join(', '));
    return sendProblem(request, reply, problem('method_not_allowed', 'See the Allow header.'));
  };
  app.setNotFoundHandler(sendNotFound);
  await app.register(cors, {
    origin: (origin, allow) =>
      allow(null, origin !== undefined && originAllowed(origin, corsOrigins)),
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    credentials: true,
    maxAge: 600,
    exposedHeaders: [
      'Balance-Age-Ms',
      'ETag',
      'Retry-After',
      'Idempotency-Replayed',
      'RateLimit',
      'RateLimit-Policy',
    ],
    strictPreflight: false,
  });
  await describeRoutes(app, role);
  app.addHook('onRequest', async (request, reply) => {
    // Now, and not after its body has been read and found wrong.
    if (request.is404) return sendNotFound(request, reply);
    if (request.routeOptions.config.public === true) return;
    const identity = await verifier.verify(bearerToken(request.headers.authorization));
    const tenant = request.headers['x-tenant-id'];
    if (tenant !== undefined && tenant !== identity.tenant) {
      throw new ProblemError('forbidden', 'X-Tenant-Id is not the tenant of the token.');
    }
    request.identity = identity;
  });
  measureRequests(app, metrics, log);
  addHealth(app, role, metrics, options.health);
  app.get('/openapi.json', { config: { public: true }, schema: { hide: true } }, () =>
    app.swagger(),
  );
  return app;
}

export interface Listening extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
}

/** Listens, and closes gracefully: no new connections, open requests get `drainMs` to finish. */
export async function listen(
  app: App,
  { host, port, drainMs }: { host: string; port: number; drainMs: number },
): Promise<Listening> {
  try {
    // One address of localhost, and the one that other roles are told by default.
    await app.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port, backlog });
  } catch (error) {
    const what = cannotListen[(error as { code?: string }).code ?? ''];
    if (what === undefined) throw error;
    throw new Error(what(host, port), { cause: error });
  }
  const address = app.server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  const shownHost = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return {
    port: boundPort,
    url: `http://${shownHost.includes(':') ? `[${shownHost}]` : shownHost}:${boundPort}`,
    async [Symbol.asyncDispose]() {
      const cutOff = setTimeout(() => app.server.closeAllConnections(), drainMs);
      // A kept connection whose last answer had begun before the drain is idle only after it.
      const idle = setInterval(() => app.server.closeIdleConnections(), idleCheckMs);
      await app.close();
      clearTimeout(cutOff);
      clearInterval(idle);
    },
  };
}

/**
 * Connections that wait to be accepted. One that finds no room tries again after 1, 3, 7, 15 … seconds:
 * with Node's 511, ten thousand clients that come back at once need a minute. The kernel's
 * `net.core.somaxconn`, 4,096 by default, limits it too.
 */
const backlog = 16_384;

const cannotListen: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) =>
    `Port ${port} on ${host} is in use; stop what listens there or set another`,
  EACCES: (_host, port) => `Port ${port} is not for this user; set another`,
  EADDRNOTAVAIL: (host) => `ATLAS_HOST: this machine has no address ${host}`,
  ENOTFOUND: (host) => `ATLAS_HOST: there is no host ${host}`,
};

/** Answers with problem+json; 503 carries Retry-After, 401 the scheme. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  body: Problem,
): FastifyReply {
  request.problemCode = body.code;
  if (body.status === 401) reply.header('www-authenticate', 'Bearer');
  return (
    reply
      .code(body.status)
      .header('content-type', 'application/problem+json')
      .header('cache-control', 'no-store')
      // The route may have set one for its success.
      .serializer(asItIs)
      .send(JSON.stringify({ ...body, instance: body.instance ?? pathOf(request) }))
  );
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof ProblemError) {
    if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
    const { code, message, errors } = error;
    return sendProblem(
      request,
      reply,
      problem(code, message, errors === undefined ? {} : { errors }),
    );
  }
  const known = error as {
    statusCode?: number;
    code?: string;
    message: string;
    validation?: { instancePath: string; message?: string; params?: Record<string, unknown> }[];
    validationContext?: string;
  };
  if (known.validation !== undefined) {
    const errors = known.validation.map(({ instancePath, message, params }) => ({
      path: `${known.validationContext ?? 'body'}${instancePath}`,
      message: `${message ?? 'is not valid'}${unknownField(params)}`,
    }));
    const detail = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
    return sendProblem(request, reply, problem('invalid_request', detail, { errors }));
  }
  // What is left of a body that was not read is read and dropped. Were the connection closed on it
  // instead, a caller who still sends would often lose the answer and hear of a broken pipe.
  reply.removeHeader('connection');
  const status = known.statusCode ?? 500;
  const code = Object.keys(problems).find(
    (key) => problems[key as keyof typeof problems].status === status && status !== 409,
  ) as keyof typeof problems | undefined;
  if (status < 500) {
    return sendProblem(request, reply, problem(code ?? 'invalid_request', sentence(known.message)));
  }
  if (status === 503) {
    return sendProblem(request, reply, problem('unavailable', 'The role is stopping; try again.'));
  }
  request.log.error({ err: error, route: request.routeOptions.url }, 'request failed');
  return sendProblem(request, reply, problem('internal', 'The request failed; it was logged.'));
}

function asItIs(payload: unknown): string {
  return payload as string;
}

function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0]!;
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

function unknownField(params: Record<string, unknown> | undefined): string {
  const field = params?.['additionalProperty'];
  return typeof field === 'string' ? ` (${field.slice(0, 64)})` : '';
}

function measureRequests(app: App, metrics: Metrics, log: Log): void {
  const seconds = metrics.histogram('http_request_seconds', 'HTTP requests by route and status', [
    'method',
    'route',
    'status',
  ]);
  const problemsTotal = metrics.counter('http_problems_total', 'Problems answered, by code', [
    'code',
  ]);
  app.addHook('onResponse', async (request, reply) => {
    if (request.problemCode !== undefined) problemsTotal.inc({ code: request.problemCode });
    const route = request.routeOptions.url ?? 'none';
    const status = String(reply.statusCode);
    seconds.observe({ method: request.method, route, status }, reply.elapsedTime / 1_000);
    log.debug({ method: request.method, route, status, ms: reply.elapsedTime }, 'request');
  });
}
