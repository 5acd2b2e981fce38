// The public API as the commands call it: over the gateway, with a token, JSON in and out. One call is
// one attempt; what went wrong is either a final answer in words or TryAgain (see retries.ts).
import { Agent, request } from 'undici';
import type { Problem, ProblemCode } from '../contracts/problems.ts';
import { developmentKeys } from '../platform/development-keys.ts';
import { scopes } from '../platform/identity.ts';
import type { Settings } from '../platform/settings.ts';
import { TryAgain } from './retries.ts';

const connectTimeoutMs = 5_000;
const answerTimeoutMs = 30_000;
const answerBytesMax = 4 * 1024 * 1024;
const tokenTtlSeconds = 24 * 3_600;

export interface ApiCall {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  /** JSON text. */
  readonly body?: string;
  readonly idempotencyKey?: string;
}

export interface ApiClient extends AsyncDisposable {
  /**
   * Resolves to the body of a 2xx answer.
   * @throws ApiError for a refusal; TryAgain for 429, 503 and a broken connection; Error when nothing
   *   answers at ATLAS_URL from the start.
   */
  call<T>(call: ApiCall): Promise<T>;
}

/** A refusal by the API: repeating the call would be refused again. */
export class ApiError extends Error {
  readonly code: ProblemCode | undefined;
  readonly status: number;

  constructor(message: string, status: number, code?: ProblemCode) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function connectApi(
  { url, token }: { readonly url: string; readonly token: string },
  { connectionsMax }: { readonly connectionsMax: number },
): ApiClient {
  const base = url.replace(/\/+$/, '');
  const dispatcher = new Agent({
    connections: connectionsMax,
    connect: { timeout: connectTimeoutMs },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
    maxResponseSize: answerBytesMax,
  });
  let hasAnswered = false;

  async function send({ method, path, body, idempotencyKey }: ApiCall) {
    try {
      const answer = await request(`${base}${path}`, {
        dispatcher,
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        body: body ?? null,
      });
      const text = await answer.body.text();
      hasAnswered = true;
      return { status: answer.statusCode, headers: answer.headers, text };
    } catch (error) {
      if (!hasAnswered && isNobodyThere(error)) {
        throw new Error(`no Atlas answers at ${url}; start it with npm start, or set ATLAS_URL`, {
          cause: error,
        });
      }
      const { message, code } = error as Error & { code?: string };
      throw new TryAgain(`the connection failed (${code ?? message})`, 0, { cause: error });
    }
  }

  return {
    async call<T>(call: ApiCall): Promise<T> {
      const { status, headers, text } = await send(call);
      const body = parseJson(text);
      if (status >= 200 && status < 300 && body !== undefined) return body as T;
      throw errorOf(status, retryAfterMs(headers['retry-after']), body as Partial<Problem>);
    },
    [Symbol.asyncDispose]: () => dispatcher.close(),
  };
}

/** ATLAS_TOKEN, or a token for everything made with the development key in ATLAS_DATA. */
export async function commandToken(settings: Settings, subject: string): Promise<string> {
  if (settings.ATLAS_TOKEN !== undefined) return settings.ATLAS_TOKEN;
  if (settings.AUTH_JWKS_URL !== undefined) {
    throw new Error('AUTH_JWKS_URL is set: put a token of that provider into ATLAS_TOKEN');
  }
  const keys = await developmentKeys(settings.ATLAS_DATA);
  return keys.sign({
    tenant: 'tnt_demo',
    subject,
    accounts: '*',
    scope: scopes.join(' '),
    ttlSeconds: tokenTtlSeconds,
  });
}

function errorOf(status: number, retryAfter: number, body: Partial<Problem> | undefined): Error {
  const { code, detail, errors } = body ?? {};
  if (code === undefined) {
    if (status === 502 || status === 503 || status === 504) {
      return new TryAgain(`the answer was ${status}`, retryAfter);
    }
    return new ApiError(`the answer was ${status} without a problem: is this Atlas?`, status);
  }
  const where = errors?.map(({ path, message }) => `${path} ${message}`).join('; ');
  const words = `${code}: ${detail}${where === undefined ? '' : ` (${where})`}`;
  if (status === 429 || status === 503 || code === 'request_in_flight') {
    return new TryAgain(words, retryAfter);
  }
  const hint = status === 401 ? ' Set ATLAS_TOKEN, or ATLAS_DATA to the folder of that Atlas.' : '';
  return new ApiError(words + hint, status, code);
}

function isNobodyThere(error: unknown): boolean {
  const { code } = error as { code?: string };
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'].includes(code ?? '');
}

/** Seconds, or a date, in milliseconds; 0 for anything else. */
function retryAfterMs(header: string | string[] | undefined): number {
  if (typeof header !== 'string') return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return ms > 0 ? ms : 0;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
