// Who is signed in: by a token that was given, or at the identity provider. The provider's tokens live in
// memory alone, so after a reload the provider is asked again; it answers without a word while its own
// session lasts.
import { keepToken, readClaims, type TokenKeeper, type TokenSet } from '@atlas/client';
import { createAlarm } from './alarm.ts';
import { checkToken } from './check-token.ts';
import { readConsoleSettings, type SignInSettings } from './console-settings.ts';
import { SignInFailure, failureFrom } from './failure.ts';
import { keptToken } from './kept-token.ts';
import { addresses } from './oidc/addresses.ts';
import { takePending } from './oidc/pending.ts';
import type { Provider } from './oidc/provider.ts';
import { closeSession, openSession, type Session, type SessionParts } from './session.ts';
import { mayTheSame, takeTokenFromAddress } from './token.ts';

export interface SignedOut {
  readonly session?: undefined;
  /** Something is under way that takes the person elsewhere, or in. */
  readonly busy?: string;
  /** Undefined where somebody has signed out, or was never here. */
  readonly failure?: SignInFailure | undefined;
  /** Undefined until they are known. */
  readonly settings?: SignInSettings | undefined;
}

export type SessionState = SignedOut | { readonly session: Session };

export interface Sessions {
  readonly read: () => SessionState;
  readonly listen: (onChange: () => void) => () => void;
  readonly signInWithToken: (token: string) => void;
  readonly signInAtProvider: () => void;
  readonly signOut: () => void;
}

/** Signing out waits no longer for Atlas before it leaves for the provider. */
const farewellMs = 2_000;

export function createSessions(): Sessions {
  const listeners = new Set<() => void>();
  const expiry = createAlarm(() => onExpired());
  let state: SessionState = { busy: 'Opening Atlas' };
  let settings: SignInSettings | undefined;
  let provider: Promise<Provider> | undefined;
  let keeper: TokenKeeper | undefined;

  function enter(next: SessionState): void {
    state = next;
    for (const changed of listeners) changed();
  }

  function start(parts: SessionParts): void {
    enter({ session: openSession(parts) });
    if (!parts.isRenewed) expiry.set(parts.claims.expiresAtMs);
  }

  /** Without a failure: because somebody wants it. */
  function end(failure?: SignInFailure): void {
    expiry.clear();
    if (state.session !== undefined) closeSession(state.session, { forget: failure === undefined });
    keeper = undefined;
    keptToken.forget();
    enter({ failure, settings });
    if (settings === undefined) lead(async () => enter({ failure, settings: await known() }));
  }

  /** Runs a step of signing in; what goes wrong in it is shown. */
  function lead(step: () => Promise<void>): void {
    step().catch((error: unknown) => {
      if (state.session === undefined) enter({ failure: failureFrom(error), settings });
    });
  }

  async function known(): Promise<SignInSettings> {
    settings ??= await readConsoleSettings();
    return settings;
  }

  /** Loaded when it is needed: with a token it never is. One that was not found is looked for again. */
  function theProvider(where: NonNullable<SignInSettings['signIn']>): Promise<Provider> {
    provider ??= import('./oidc/provider.ts')
      .then(({ openProvider }) => openProvider(where))
      .catch((error: unknown) => {
        provider = undefined;
        throw error;
      });
    return provider;
  }

  function signInWithToken(token: string): void {
    if (state.session !== undefined) end();
    const claims = readClaims(token);
    if (claims === undefined) return end(new SignInFailure('unreadable'));
    if (claims.expiresAtMs <= Date.now()) return end(new SignInFailure('expired'));
    keptToken.keep(token);
    const source = ({ refused }: { readonly refused?: string }) => {
      // Also the farewell of a session that is over here can be refused.
      if (refused !== undefined && state.session?.claims === claims) {
        end(new SignInFailure('token_refused'));
      }
      return token;
    };
    start({ claims, isRenewed: false, token: source });
  }

  async function goToProvider(silent: boolean): Promise<void> {
    const { signIn } = await known();
    if (signIn === null) return enter({ settings });
    enter({ busy: 'Signing in' });
    const isAway = location.pathname === addresses.signedOut;
    const returnTo = isAway ? location.origin : location.href;
    await (await theProvider(signIn)).begin({ silent, returnTo });
  }

  async function comeBack(): Promise<void> {
    const address = new URL(location.href);
    const pending = takePending();
    // Before anything can fail: the code stays neither in the history nor in a screenshot.
    history.replaceState(null, '', pending?.returnTo ?? '/');
    const { signIn } = await known();
    if (signIn === null || pending === undefined) throw new SignInFailure('not_begun_here');
    const found = await theProvider(signIn);
    const tokens = await found.complete(address, pending);
    if (tokens === undefined) return enter({ settings });
    await startRenewed(found, tokens);
  }

  async function startRenewed({ renew }: Provider, first: TokenSet): Promise<void> {
    const claims = await checkToken(first.access);
    const mine: TokenKeeper = keepToken({
      first,
      renew,
      isFinal: (error) => error instanceof SignInFailure && error.code !== 'provider_unreachable',
      now: Date.now,
      onRenewed: ({ access }) => onRenewed(access),
      onEnded(reason) {
        if (keeper !== mine) return;
        // It was accepted before.
        end(reason === undefined ? new SignInFailure('signed_out') : failureFrom(reason));
      },
    });
    keeper = mine;
    start({ claims, isRenewed: first.refresh !== undefined, token: mine.source });
  }

  /** What the person may do can have changed at the provider; who they are cannot. */
  function onRenewed(access: string): void {
    const { session } = state;
    const claims = readClaims(access);
    if (session === undefined) return;
    const { tenant, subject } = session.claims;
    if (claims?.tenant !== tenant || claims.subject !== subject) {
      return end(new SignInFailure('not_accepted', 'The new token is of somebody else.'));
    }
    if (!mayTheSame(claims, session.claims)) enter({ session: { ...session, claims } });
  }

  function onExpired(): void {
    const isOfProvider = keeper !== undefined;
    end(new SignInFailure('expired'));
    if (isOfProvider) lead(() => goToProvider(true));
  }

  async function leave(session: Session): Promise<void> {
    const leaving = keeper;
    // Nobody waits for it here: what is seen is gone at once, the token everywhere a moment later.
    const farewell = session.atlas.signOut({ deadlineMs: farewellMs }).catch(() => undefined);
    end();
    if (leaving === undefined || provider === undefined) return;
    enter({ busy: 'Signing out' });
    await farewell;
    await (await provider).leave(leaving.tokens());
  }

  function signInFromAddress(): boolean {
    const token = takeTokenFromAddress(location, history);
    if (token !== undefined) signInWithToken(token);
    return token !== undefined;
  }

  function arrive(): void {
    if (signInFromAddress()) return;
    const kept = keptToken.read();
    if (location.pathname === addresses.signedIn) lead(comeBack);
    else if (kept !== undefined) signInWithToken(kept);
    else if (location.pathname === addresses.signedOut) end();
    else lead(() => goToProvider(true));
  }

  window.addEventListener('hashchange', signInFromAddress);
  // Back from the provider's page: the browser may show this one as it was left.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted && state.session === undefined) location.reload();
  });
  arrive();

  return {
    read: () => state,
    listen(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    signInWithToken,
    signInAtProvider: () => lead(() => goToProvider(false)),
    signOut() {
      const { session } = state;
      if (session !== undefined) lead(() => leave(session));
    },
  };
}
