// Who is signed in: by a token from the secure store, a link or by hand, or at the identity provider. The
// signature is the server's business, here a token only decides whom to show.
import { createClient, readClaims, type Claims } from '@atlas/client';
import { limits } from '../limits.ts';
import type { Link } from '../links.ts';
import { settings } from '../settings.ts';
import { failureFrom, SignInFailure } from './failure.ts';
import { isSamePerson } from './held-token.ts';
import type { Provider } from './provider.ts';
import { openSession, type Session } from './session.ts';
import { tokenStore, type Credentials } from './token-store.ts';

export type SessionState =
  | { readonly step: 'opening' }
  | { readonly step: 'signed_out'; readonly failure: SignInFailure | undefined }
  | { readonly step: 'signed_in'; readonly session: Session };

export interface Sessions {
  readonly read: () => SessionState;
  readonly listen: (onChange: () => void) => () => void;
  /** @throws SignInFailure */
  readonly signIn: (text: string) => void;
  /** False: the person changed their mind. @throws SignInFailure */
  readonly signInAt: (provider: Provider) => Promise<boolean>;
  /** A link signs nobody in over somebody else, who would take the balance for their own. */
  readonly open: (link: Link) => void;
  readonly signOut: () => void;
}

export function createSessions(): Sessions {
  const listeners = new Set<() => void>();
  let state: SessionState = { step: 'opening' };

  function enter(next: SessionState): void {
    state = next;
    for (const changed of listeners) changed();
  }

  function signIn(text: string): void {
    const token = text.replace(/\s/g, '');
    if (readClaims(token) === undefined) throw new SignInFailure('unreadable');
    start({
      tokens: { access: token, refresh: undefined, id: undefined },
      provider: undefined,
    });
  }

  /** @throws SignInFailure for tokens that could never be of use. */
  function start(credentials: Credentials): void {
    const { access, refresh } = credentials.tokens;
    const claims = readClaims(access);
    if (claims === undefined) throw new SignInFailure('not_accepted');
    if (claims.expiresAtMs <= Date.now() && refresh === undefined) {
      throw new SignInFailure('expired');
    }
    const open = state.step === 'signed_in' ? state.session : undefined;
    if (open !== undefined && isSamePerson(open.claims, claims)) return open.renew(credentials);
    open?.close();
    const session = openSession({ credentials, claims, onToken });
    enter({ step: 'signed_in', session });
  }

  /** What the person may do can have changed with the token; who they are has not. */
  function onToken(access: string): void {
    const claims = readClaims(access);
    if (state.step !== 'signed_in' || claims === undefined) return;
    if (mayTheSame(state.session.claims, claims)) return;
    enter({ step: 'signed_in', session: { ...state.session, claims } });
  }

  function tried(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (state.step !== 'signed_in') enter({ step: 'signed_out', failure: failureFrom(error) });
    }
  }

  tokenStore.load().then(
    (kept) => {
      if (state.step !== 'opening') return;
      if (kept === undefined) enter({ step: 'signed_out', failure: undefined });
      else tried(() => start(kept));
    },
    () => enter({ step: 'signed_out', failure: undefined }),
  );

  return {
    read: () => state,
    listen(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    signIn,
    async signInAt(provider) {
      const tokens = await provider.signIn();
      if (tokens === undefined) return false;
      await checkToken(tokens.access);
      start({ tokens, provider: provider.settings });
      return true;
    },
    open({ token }) {
      if (token === undefined) return;
      const claims = readClaims(token);
      const isOther =
        state.step === 'signed_in' &&
        claims !== undefined &&
        !isSamePerson(claims, state.session.claims);
      if (!isOther) tried(() => signIn(token));
    },
    signOut() {
      if (state.step !== 'signed_in') return;
      // Nobody waits for it: what is seen here is gone at once, the token everywhere a moment later.
      void state.session.leave();
      enter({ step: 'signed_out', failure: undefined });
    },
  };
}

/**
 * Whether Atlas takes a token of the provider, asked before anything is shown: a wrong audience or a missing
 * claim is then one sentence, and not a refusal on every screen.
 * @throws SignInFailure `not_accepted` with the reason, `atlas_unreachable`
 */
async function checkToken(token: string): Promise<void> {
  const atlas = createClient({ url: settings.gateway, token });
  try {
    await atlas.session({ deadlineMs: limits.providerMs });
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    const isRefused = code === 'unauthenticated';
    throw new SignInFailure(isRefused ? 'not_accepted' : 'atlas_unreachable', message);
  } finally {
    atlas.close();
  }
}

function mayTheSame(one: Claims, other: Claims): boolean {
  const text = ({ accounts, scopes }: Claims) => JSON.stringify([accounts, scopes]);
  return text(one) === text(other);
}
