// Signing in at an OpenID provider: authorization code flow with PKCE, as a public client, in the system's own
// browser, so that no password is typed into this app. The protocol is expo-auth-session's; here every way to
// fail is one of failure.ts. Whose tokens they are is read from the access token, which Atlas verifies: the id
// token is only shown to its provider again.
import type { SignInSettings, TokenSet } from '@atlas/client';
import {
  AuthRequest,
  exchangeCodeAsync,
  fetchDiscoveryAsync,
  makeRedirectUri,
  refreshAsync,
  revokeAsync,
  TokenTypeHint,
  type DiscoveryDocument,
  type TokenResponse,
} from 'expo-auth-session';
import * as Crypto from 'expo-crypto';
import * as WebBrowser from 'expo-web-browser';
import { Platform } from 'react-native';
import { askAgainWhenLost } from './ask-again.ts';
import { asked, failureOf } from './ask-provider.ts';
import { SignInFailure } from './failure.ts';

export type ProviderSettings = NonNullable<SignInSettings['signIn']>;

export interface Provider {
  readonly settings: ProviderSettings;
  /** Undefined: the person closed the browser. @throws SignInFailure */
  signIn(): Promise<TokenSet | undefined>;
  /** @throws SignInFailure `ended_by_provider`, `provider_unreachable`, … */
  renew(tokens: TokenSet): Promise<TokenSet>;
  /** Shows its page of signing out, where one is needed; what fails ends by itself. */
  endSession(tokens: TokenSet): Promise<void>;
  revoke(tokens: TokenSet): Promise<void>;
}

/** On iOS no cookie of the provider stays behind, so there is no session of the browser to end. */
const isEphemeral = Platform.OS === 'ios';

export function openProvider(settings: ProviderSettings): Provider {
  const { issuer, clientId, scope } = settings;
  let discovery: Promise<DiscoveryDocument> | undefined;

  /** One that was not found is looked for again. */
  function found(): Promise<DiscoveryDocument> {
    discovery ??= discover(issuer).catch((error: unknown) => {
      discovery = undefined;
      throw error;
    });
    return discovery;
  }
  // The browser has to open right after the press: whoever looks for it only then may be too late.
  found().catch(() => undefined);

  async function findAnew(): Promise<void> {
    const where = await discover(issuer);
    discovery = Promise.resolve(where);
  }

  return {
    settings,
    async signIn() {
      const where = await found();
      const request = new AuthRequest({
        clientId,
        redirectUri: returnAddress(),
        scopes: scope.split(' '),
        extraParams: audienceOf(settings),
      });
      const result = await request.promptAsync(where, { preferEphemeralSession: isEphemeral });
      if (result.type === 'error') throw failureOf(result.error);
      if (result.type !== 'success') return undefined;
      const { code, iss = issuer } = result.params;
      if (code === undefined || iss !== issuer) throw new SignInFailure('not_begun_here');
      return tokensOf(
        await asked(
          exchangeCodeAsync(
            {
              clientId,
              code,
              redirectUri: request.redirectUri,
              extraParams: { ...audienceOf(settings), code_verifier: request.codeVerifier! },
            },
            where,
          ),
        ),
      );
    },

    async renew(old) {
      const how = { clientId, refreshToken: old.refresh!, extraParams: audienceOf(settings) };
      const ask = async () => refreshAsync(how, await found());
      const answer = await asked(askAgainWhenLost(ask, findAnew), 'ended_by_provider');
      const { access, refresh = old.refresh, id = old.id } = tokensOf(answer);
      return { access, refresh, id };
    },

    async endSession({ id }) {
      const { endSessionEndpoint } = await found();
      if (isEphemeral || endSessionEndpoint === undefined) return;
      const query = new URLSearchParams({
        client_id: clientId,
        post_logout_redirect_uri: returnAddress(),
        state: Crypto.randomUUID(),
        ...(id === undefined ? {} : { id_token_hint: id }),
      });
      await WebBrowser.openAuthSessionAsync(`${endSessionEndpoint}?${query}`, returnAddress());
    },

    async revoke({ refresh }) {
      const where = await found();
      if (refresh === undefined || where.revocationEndpoint === undefined) return;
      const what = { clientId, token: refresh, tokenTypeHint: TokenTypeHint.RefreshToken };
      await asked(revokeAsync(what, where));
    },
  };
}

/**
 * In a browser the provider comes back to the app's own address, in a window of its own; true there: what it
 * brings has been handed to the window that waits for it, and nothing is shown.
 */
export function handOver(): boolean {
  if (Platform.OS !== 'web' || !/[?&]state=/.test(window.location.search)) return false;
  return WebBrowser.maybeCompleteAuthSession().type === 'success';
}

/** Where the provider sends people back to; it has to be registered there. */
function returnAddress(): string {
  if (Platform.OS === 'web') return window.location.origin + window.location.pathname;
  return makeRedirectUri({ scheme: 'atlas', path: 'signed-in' });
}

async function discover(issuer: string): Promise<DiscoveryDocument> {
  const where = await asked(fetchDiscoveryAsync(issuer.replace(/\/$/, '')));
  if (where.discoveryDocument?.issuer !== issuer || where.tokenEndpoint === undefined) {
    throw new SignInFailure('provider_misconfigured', where.discoveryDocument?.issuer);
  }
  return where;
}

/** `resource` is the standard's word (RFC 8707), `audience` that of providers from before it. */
function audienceOf({ audience }: ProviderSettings): Record<string, string> {
  if (audience === null) return {};
  return /^[a-z][a-z0-9+.-]*:/.test(audience) ? { audience, resource: audience } : { audience };
}

function tokensOf({ accessToken, refreshToken, idToken }: TokenResponse): TokenSet {
  return { access: accessToken, refresh: refreshToken, id: idToken };
}
