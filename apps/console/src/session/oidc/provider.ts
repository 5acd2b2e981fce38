// Signing in at an OpenID provider: authorization code flow with PKCE, as a public client. The protocol
// and its checks are oauth4webapi's; here it is led through the console's addresses, and every way to
// fail is one of failure.ts. TokenSet are handed over and kept nowhere.
import type { TokenSet } from '@atlas/client';
import * as oauth from 'oauth4webapi';
import type { ProviderSettings } from '../console-settings.ts';
import { SignInFailure } from '../failure.ts';
import { addresses } from './addresses.ts';
import { failureOf } from './failure-of.ts';
import { keepPending, type Pending } from './pending.ts';

export interface Provider {
  /** Leaves for the provider; silently: it answers at once whether somebody is signed in there. */
  begin(how: { readonly silent: boolean; readonly returnTo: string }): Promise<void>;
  /**
   * What came of it, by the address that the browser came back to. Undefined: the provider was asked
   * silently, and nobody is signed in there. @throws SignInFailure
   */
  complete(address: URL, pending: Pending): Promise<TokenSet | undefined>;
  /** @throws SignInFailure `ended_by_provider`, `provider_unreachable` */
  renew(tokens: TokenSet): Promise<TokenSet>;
  /** Ends the session at the provider, and leaves for its page where it has one. */
  leave(tokens: TokenSet): Promise<void>;
}

const timeoutMs = 10_000;
/** Whoever signs out does not wait longer for what ends the session. */
const leaveMs = 2_000;
const clockToleranceSeconds = 30;

/** Finds the provider's addresses. @throws SignInFailure */
export async function openProvider(settings: ProviderSettings): Promise<Provider> {
  if (!globalThis.isSecureContext) throw new SignInFailure('insecure_page');
  const issuer = new URL(settings.issuer);
  const options = (ms = timeoutMs) => ({
    // The gateway takes an issuer without TLS on this machine only.
    [oauth.allowInsecureRequests]: issuer.protocol === 'http:',
    signal: AbortSignal.timeout(ms),
  });
  const server = await failureOf(async () => {
    const response = await oauth.discoveryRequest(issuer, options());
    return oauth.processDiscoveryResponse(issuer, response);
  });
  // The content security policy names the issuer's origin.
  if (endpoint(server, 'token_endpoint').origin !== issuer.origin) {
    throw new SignInFailure('provider_misconfigured', 'Its token endpoint is at another origin.');
  }
  const client = {
    client_id: settings.clientId,
    [oauth.clockTolerance]: clockToleranceSeconds,
  } satisfies oauth.Client;
  const asking = () => ({ ...options(), additionalParameters: audienceOf(settings) });
  const redirectUri = location.origin + addresses.signedIn;

  return {
    async begin({ silent, returnTo }) {
      const [state, nonce, verifier] = [
        oauth.generateRandomState(),
        oauth.generateRandomNonce(),
        oauth.generateRandomCodeVerifier(),
      ];
      keepPending({ state, nonce, verifier, returnTo, silent });
      const to = withQuery(endpoint(server, 'authorization_endpoint'), {
        client_id: settings.clientId,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: settings.scope,
        state,
        nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(silent ? { prompt: 'none' } : {}),
        ...audienceOf(settings),
      });
      // A silent question leaves no step in the history that Back would ask again.
      if (silent) location.replace(to);
      else location.assign(to);
    },

    async complete(address, { state, nonce, verifier, silent }) {
      if (silent && asksForPerson(address.searchParams)) return undefined;
      const answer = await failureOf(async () => {
        const code = oauth.validateAuthResponse(server, client, address, state);
        const response = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          oauth.None(),
          code,
          redirectUri,
          verifier,
          asking(),
        );
        const checks = { expectedNonce: nonce, requireIdToken: true };
        return oauth.processAuthorizationCodeResponse(server, client, response, checks);
      }, 'not_begun_here');
      return tokensOf(answer);
    },

    async renew(old) {
      const answer = await failureOf(async () => {
        const refresh = old.refresh!;
        const response = await oauth.refreshTokenGrantRequest(
          server,
          client,
          oauth.None(),
          refresh,
          asking(),
        );
        return oauth.processRefreshTokenResponse(server, client, response);
      }, 'ended_by_provider');
      const { access, refresh = old.refresh, id = old.id } = tokensOf(answer);
      return { access, refresh, id };
    },

    async leave({ refresh, id }) {
      if (refresh !== undefined && server.revocation_endpoint !== undefined) {
        const how = options(leaveMs);
        // It ends by itself where this does not reach the provider.
        await oauth
          .revocationRequest(server, client, oauth.None(), refresh, how)
          .catch(() => undefined);
      }
      if (server.end_session_endpoint === undefined) return location.assign(addresses.signedOut);
      location.assign(
        withQuery(endpoint(server, 'end_session_endpoint'), {
          client_id: settings.clientId,
          post_logout_redirect_uri: location.origin + addresses.signedOut,
          ...(id === undefined ? {} : { id_token_hint: id }),
        }),
      );
    },
  };
}

type Endpoint = 'authorization_endpoint' | 'token_endpoint' | 'end_session_endpoint';

function endpoint(server: oauth.AuthorizationServer, name: Endpoint): URL {
  const address = URL.parse(server[name] ?? '');
  if (address !== null) return address;
  throw new SignInFailure('provider_misconfigured', `Its discovery document has no ${name}.`);
}

function withQuery(address: URL, query: Readonly<Record<string, string>>): URL {
  const to = new URL(address);
  for (const [name, value] of Object.entries(query)) to.searchParams.set(name, value);
  return to;
}

/** `resource` is the standard's word (RFC 8707), `audience` that of providers from before it. */
function audienceOf({ audience }: ProviderSettings): Record<string, string> {
  if (audience === null) return {};
  return URL.canParse(audience) ? { audience, resource: audience } : { audience };
}

/** The provider would have had to show a page. */
function asksForPerson(answer: URLSearchParams): boolean {
  return /^(login|interaction|consent|account_selection)_required$/.test(answer.get('error') ?? '');
}

function tokensOf(answer: oauth.TokenEndpointResponse): TokenSet {
  const { access_token: access, refresh_token: refresh, id_token: id } = answer;
  return { access, refresh, id };
}
