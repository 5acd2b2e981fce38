// One try of one request: an answer, or an AtlasError that says whether trying again makes sense.
import { AtlasError, type ErrorCode } from './atlas-error.ts';
import type { Clock } from './clock.ts';
import { limits } from './limits.ts';
import type { Waiting } from './waiting.ts';
import type { Problem } from './wire.ts';

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** JSON text: every try sends the same bytes. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined with 204 and 304. */
  readonly body: unknown;
}

export interface AttemptParts {
  /** Of the role that serves a path. */
  readonly baseOf: (path: string) => string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly waiting: Waiting;
}

/** @throws AtlasError; what `signal` was aborted with. */
export async function attempt(
  { baseOf, fetch, clock, waiting }: AttemptParts,
  { method, path, body, headers }: Call,
  by: {
    readonly token: string;
    readonly timeoutMs: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Answer> {
  // AbortSignal.any and AbortSignal.timeout are missing in React Native.
  const ending = new AbortController();
  const end = () => ending.abort();
  let late = false;
  const timer = clock.setTimeout(() => {
    late = true;
    end();
  }, by.timeoutMs);
  by.signal?.addEventListener('abort', end);
  const over = waiting.begin(end, limits.momentMs);
  try {
    throwIfAborted(by.signal);
    const response = await fetch(baseOf(path) + path, {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${by.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
      signal: ending.signal,
      credentials: 'omit',
      cache: 'no-store',
    });
    return answerOf(response, await response.text(), clock);
  } catch (error) {
    if (error instanceof AtlasError) throw error;
    throwIfAborted(by.signal);
    throw unreachable(late ? 'No answer came in time.' : 'The connection failed.', error);
  } finally {
    over();
    clock.clearTimeout(timer);
    by.signal?.removeEventListener('abort', end);
  }
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw signal.reason ?? new Error('The call was aborted.');
}

function answerOf(response: Response, text: string, clock: Clock): Answer {
  const { status, headers } = response;
  if (status === 204 || status === 304) return { status, headers, body: undefined };
  const isJson = /json/.test(headers.get('content-type') ?? '');
  const body = isJson ? parse(text) : undefined;
  if (response.ok && isJson && body === undefined) throw unreachable('The answer broke off.');
  if (response.ok && isJson) return { status, headers, body };
  throw refusal(response, body ?? {}, clock);
}

/** Amounts are strings on the wire, and versions stay far below 2^53: JSON.parse rounds nothing. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function refusal({ status, headers }: Response, problem: Partial<Problem>, clock: Clock) {
  return new AtlasError({
    code: problem.code ?? codeOf(status),
    status,
    title: problem.title ?? `The server answered ${status}`,
    detail: problem.detail ?? 'The answer has no problem document: is this Atlas?',
    errors: problem.errors,
    retryAfterMs: retryAfterMs(headers.get('retry-after'), clock.now()),
  });
}

/** For what proxies in between answer. */
function codeOf(status: number): ErrorCode {
  if (status < 400) return 'unreachable';
  if (status === 502 || status === 503 || status === 504) return 'unavailable';
  if (status === 429) return 'rate_limited';
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  return status >= 500 ? 'internal' : 'invalid_request';
}

/** Retry-After in seconds or as a date. */
function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function unreachable(detail: string, cause?: unknown): AtlasError {
  return new AtlasError({
    code: 'unreachable',
    status: 0,
    title: 'Atlas cannot be reached',
    detail,
    cause,
  });
}
