// The public API as the commands call it: over the gateway, by the client that everybody has. What is theirs
// alone is the token, a bound on connections, and an error in one line that says what to do.
import { AtlasError, createClient, type AtlasClient } from '@atlas/client';
import { Agent, fetch as fetchBy } from 'undici';
import { developmentKeys } from '../platform/development-keys.ts';
import { scopes } from '../platform/identity.ts';
import type { Settings } from '../platform/settings.ts';

const connectTimeoutMs = 5_000;
const answerBytesMax = 4 * 1024 * 1024;
const tokenTtlSeconds = 24 * 3_600;

export interface Api extends AsyncDisposable, Pick<AtlasClient, 'accounts' | 'transfers'> {}

export interface ApiOptions {
  readonly url: string;
  readonly token: string;
  readonly connectionsMax: number;
  /** Of all calls together, and as many at once. */
  readonly repeatsPerSecondMax: number;
}

/** @throws Error when nothing answers there */
export async function connectApi(options: ApiOptions): Promise<Api> {
  const { url, token, connectionsMax, repeatsPerSecondMax } = options;
  const dispatcher = new Agent({
    connections: connectionsMax,
    connect: { timeout: connectTimeoutMs },
    maxResponseSize: answerBytesMax,
  });
  const fetchHere = ((input: string, init: object) =>
    fetchBy(input, { ...init, dispatcher })) as unknown as typeof fetch;
  await requireSomebody(url, fetchHere);
  const { accounts, transfers, close } = createClient({
    url,
    token,
    fetch: fetchHere,
    retryBudget: { burst: repeatsPerSecondMax, perSecond: repeatsPerSecondMax, perRequest: 0 },
  });
  return {
    accounts,
    transfers,
    async [Symbol.asyncDispose]() {
      close();
      await dispatcher.close();
    },
  };
}

/** Whatever it answers. The client would go on trying, as for a server that is away for a moment. */
async function requireSomebody(url: string, fetchHere: typeof fetch): Promise<void> {
  try {
    const answer = await fetchHere(new URL('/health/live', url).href, { method: 'GET' });
    await answer.arrayBuffer();
  } catch (error) {
    throw new Error(`no Atlas answers at ${url}; start it with npm start, or set ATLAS_URL`, {
      cause: error,
    });
  }
}

/** ATLAS_TOKEN, or a token for everything made with the development key in ATLAS_DATA. */
export async function commandToken(
  settings: Settings,
  subject: string,
  tenant = 'tnt_demo',
): Promise<string> {
  if (settings.ATLAS_TOKEN !== undefined) return settings.ATLAS_TOKEN;
  if (settings.AUTH_JWKS_URL !== undefined) {
    throw new Error('AUTH_JWKS_URL is set: put a token of that provider into ATLAS_TOKEN');
  }
  const keys = await developmentKeys(settings.ATLAS_DATA);
  return keys.sign({
    tenant,
    subject,
    accounts: '*',
    scope: scopes.join(' '),
    ttlSeconds: tokenTtlSeconds,
  });
}

/** An error for whoever runs the command: the code, what the API says, and what to set. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof AtlasError)) return (error as Error).message;
  const { code, message, errors } = error;
  const where = errors?.map(({ path, message }) => `${path} ${message}`).join('; ');
  const hint =
    code === 'unauthenticated'
      ? ' Set ATLAS_TOKEN, or ATLAS_DATA to the folder of that Atlas.'
      : '';
  return `${code}: ${message}${where === undefined ? '' : ` (${where})`}${hint}`;
}

/** @throws Error in the words of `wordsOf` */
export async function inWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof AtlasError)) throw error;
    throw new Error(wordsOf(error), { cause: error });
  }
}
