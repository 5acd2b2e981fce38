// One way to ask the API: JSON with the session's token, and every way to fail as one ApiError with
// a code, so that pages decide by codes and never by status numbers or message texts.
import type { Problem } from '../../../../src/contracts/problems.ts';

/** Longer than the server's own waits (an ack may wait for a lease, minVersion for a second). */
const requestTimeoutMs = 10_000;

/** A refusal by the server, or code `unreachable` when no answer came. */
export class ApiError extends Error {
  readonly code: string;
  readonly title: string;
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly errors: Problem['errors'];

  constructor(problem: Omit<ApiError, 'name' | 'message'> & { detail: string }) {
    super(problem.detail);
    this.name = 'ApiError';
    this.code = problem.code;
    this.title = problem.title;
    this.status = problem.status;
    this.retryAfterMs = problem.retryAfterMs;
    this.errors = problem.errors;
  }
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT';
  /** JSON text: a retry must send the same bytes, so the caller serialises once. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export interface ApiReply<T> {
  readonly body: T;
  readonly headers: Headers;
}

export type Api = <T>(path: string, request?: ApiRequest) => Promise<ApiReply<T>>;

export interface ApiParts {
  readonly token: string;
  readonly fetch: typeof fetch;
  /** Called at each 401: the server does not take this token (any more). */
  readonly onUnauthenticated: () => void;
}

export function createApi(parts: ApiParts): Api {
  return async <T>(path: string, request: ApiRequest = {}) => {
    const response = await answer(parts, path, request);
    if (response.ok) return { body: await readBody<T>(response), headers: response.headers };
    const error = await refusal(response);
    if (error.code === 'unauthenticated') parts.onUnauthenticated();
    throw error;
  };
}

async function answer(parts: ApiParts, path: string, request: ApiRequest): Promise<Response> {
  const timeout = AbortSignal.timeout(requestTimeoutMs);
  try {
    return await parts.fetch(path, {
      method: request.method ?? 'GET',
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${parts.token}`,
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: request.body }),
      signal: request.signal ? AbortSignal.any([request.signal, timeout]) : timeout,
      credentials: 'omit',
      cache: 'no-store',
    });
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw unreachable(timeout.aborted ? 'No answer came in time.' : 'The connection failed.');
  }
}

/** A reply that breaks off half-way is as good as none: the outcome is unknown. */
async function readBody<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch {
    throw unreachable('The answer broke off.');
  }
}

async function refusal(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
  const retryAfterSeconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new ApiError({
    status: response.status,
    // A proxy in between answers without a problem body; from 500 on the outcome is unknown.
    code: problem.code ?? (response.status >= 500 ? 'unavailable' : 'invalid_request'),
    title: problem.title ?? `The server answered ${response.status}`,
    detail: problem.detail ?? '',
    retryAfterMs: Number.isFinite(retryAfterSeconds) ? retryAfterSeconds * 1_000 : undefined,
    errors: problem.errors,
  });
}

function unreachable(detail: string): ApiError {
  return new ApiError({
    status: 0,
    code: 'unreachable',
    title: 'Atlas cannot be reached',
    detail,
    retryAfterMs: undefined,
    errors: undefined,
  });
}
