// An OpenID provider for tests: oidc-provider, a certified implementation, with its own login, consent
// and sign-out pages, on a port of its own. It takes any name and password, and says of everybody what
// a provider of Atlas says: tenant, accounts, scopes and the session.
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenIdProvider from 'oidc-provider';
import { exportJWK, generateKeyPair } from 'jose';
import type { Environment } from './system.ts';

export const audience = 'https://atlas.example';
const consoleId = 'atlas-console';
const mobileId = 'atlas-mobile';
const scope = 'transfers balances accounts ops';

/** What a test may change while the provider runs. */
export interface ProviderConduct {
  accessSeconds: number;
  refreshTokens: boolean;
  audience: string;
}

export interface IdentityProvider extends AsyncDisposable {
  readonly issuer: string;
  readonly conduct: ProviderConduct;
  /** Settings of an Atlas whose console and phone app sign in here. */
  readonly settings: Environment;
  /** From now on the console and the phone app at these origins are its clients. */
  serve(consoleOrigin: string, mobileOrigin?: string): void;
  /** It does not answer at all until it is up again. */
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
}

export async function startIdentityProvider(): Promise<IdentityProvider> {
  const conduct: ProviderConduct = { accessSeconds: 600, refreshTokens: true, audience };
  const key = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(key.privateKey)), kid: 'key-1', alg: 'RS256', use: 'sig' };
  let answer: RequestListener = (_request, response) => void response.writeHead(503).end();
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;
  // Another site than the console's, as a provider is: its cookies are not ours.
  const issuer = `http://localhost:${port}`;

  async function listen(onPort: number): Promise<Server> {
    const started = createServer((request, response) => answer(request, response));
    started.listen(onPort, '127.0.0.1');
    await once(started, 'listening');
    return started;
  }

  async function goDown(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  return {
    issuer,
    conduct,
    settings: {
      AUTH_JWKS_URL: `http://127.0.0.1:${port}/jwks`,
      AUTH_ISSUER: issuer,
      AUTH_AUDIENCE: audience,
      CONSOLE_OIDC_ISSUER: issuer,
      CONSOLE_OIDC_CLIENT_ID: consoleId,
      MOBILE_OIDC_CLIENT_ID: mobileId,
      CONSOLE_OIDC_AUDIENCE: audience,
    },
    serve(consoleOrigin, mobileOrigin = consoleOrigin) {
      const configuration = configurationOf({ consoleOrigin, mobileOrigin, conduct, jwk });
      const provider = quietly(() => new OpenIdProvider(issuer, configuration));
      answer = provider.callback();
    },
    goDown,
    async comeUp() {
      server = await listen(port);
    },
    async [Symbol.asyncDispose]() {
      if (server.listening) await goDown();
    },
  };
}

const hour = 3_600;

interface Owned {
  readonly clientId: string;
}

interface Given {
  readonly consoleOrigin: string;
  readonly mobileOrigin: string;
  readonly conduct: ProviderConduct;
  readonly jwk: object;
}

function configurationOf({ consoleOrigin, mobileOrigin, conduct, jwk }: Given): object {
  const origins = [consoleOrigin, mobileOrigin];
  return {
    clients: [
      clientOf(consoleId, `${consoleOrigin}/signed-in`, `${consoleOrigin}/signed-out`),
      clientOf(mobileId, `${mobileOrigin}/`, `${mobileOrigin}/`),
    ],
    jwks: { keys: [jwk] },
    cookies: { keys: ['for tests'] },
    ttl: { Interaction: hour, Session: hour, Grant: hour, RefreshToken: hour, IdToken: hour },
    pkce: { required: () => true },
    scopes: ['openid', ...scope.split(' ')],
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id }),
    }),
    clientBasedCORS: (_context: unknown, origin: string) => origins.includes(origin),
    issueRefreshToken: () => conduct.refreshTokens,
    rotateRefreshToken: true,
    extraTokenClaims: (_context: unknown, { sessionUid }: { sessionUid?: string }) => ({
      tenant: 'tnt_test',
      accounts: '*',
      sid: sessionUid,
    }),
    features: {
      devInteractions: { enabled: true },
      revocation: {
        enabled: true,
        allowedPolicy: (_context: unknown, client: Owned, token: Owned) =>
          token.clientId === client.clientId,
      },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope,
          audience: conduct.audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: conduct.accessSeconds,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  };
}

function clientOf(client_id: string, signedIn: string, signedOut: string): object {
  return {
    client_id,
    token_endpoint_auth_method: 'none',
    redirect_uris: [signedIn],
    post_logout_redirect_uris: [signedOut],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  };
}

/** It warns that its own pages are for development, as they are here. */
function quietly<T>(make: () => T): T {
  const { warn, info } = console;
  console.warn = console.info = () => undefined;
  try {
    return make();
  } finally {
    Object.assign(console, { warn, info });
  }
}
