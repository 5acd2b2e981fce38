// Who is signed in, and everything that lives exactly as long: the client with this token, the cached
// replies and the open transfers. Signing out leaves none of it behind.
import { createClient, type AtlasClient } from '@atlas/client';
import { QueryClient } from '@tanstack/react-query';
import { createFigures, type Figures } from '../overload/figures.ts';
import { createSenders, type Senders } from '../send/senders.ts';
import { readClaims, takeTokenFromAddress, type Claims } from './token.ts';

export interface Session {
  readonly claims: Claims;
  readonly atlas: AtlasClient;
  readonly queries: QueryClient;
  readonly senders: Senders;
  readonly figures: Figures;
}

export type EndReason = 'signed_out' | 'expired' | 'rejected' | 'unreadable';

export type SessionState =
  | { readonly session: Session; readonly ended?: never }
  | { readonly session?: never; readonly ended: EndReason | undefined };

export interface Sessions {
  readonly read: () => SessionState;
  readonly listen: (onChange: () => void) => () => void;
  readonly signIn: (token: string) => void;
  readonly signOut: () => void;
}

// Memory alone would sign out at every reload. sessionStorage outlives a reload but not its tab, is
// not shared with other tabs, and unlike a cookie is never sent by itself; scripts of other origins
// are kept from it by the content security policy.
const tokenSlot = 'atlas.token';
const timerMaxMs = 2 ** 31 - 1;

export function createSessions(): Sessions {
  const listeners = new Set<() => void>();
  let state: SessionState = { ended: undefined };
  let expiryTimer: ReturnType<typeof setTimeout> | undefined;

  function enter(next: SessionState): void {
    state = next;
    for (const changed of listeners) changed();
  }

  function end(reason: EndReason): void {
    clearTimeout(expiryTimer);
    const { session } = state;
    session?.atlas.close();
    session?.figures.close();
    session?.queries.clear();
    // A reload may follow an expiry, and an open transfer must survive it; a sign-out forgets all.
    session?.senders.close({ forget: reason === 'signed_out' });
    sessionStorage.removeItem(tokenSlot);
    enter({ ended: reason });
  }

  function signIn(token: string): void {
    const claims = readClaims(token);
    if (state.session !== undefined) end('signed_out');
    if (claims === undefined) return end('unreadable');
    if (claims.expiresAtMs <= Date.now()) return end('expired');
    sessionStorage.setItem(tokenSlot, token);
    const rejected = () => {
      // Also the farewell of a session that is over here can be refused.
      if (state.session?.claims === claims) end('rejected');
    };
    enter({ session: openSession(token, claims, rejected) });
    endAtExpiry(claims.expiresAtMs);
  }

  /** Also asked when a sleeping laptop wakes up: timers do not run in its sleep. */
  function endAtExpiry(expiresAtMs: number): void {
    clearTimeout(expiryTimer);
    const leftMs = expiresAtMs - Date.now();
    if (leftMs <= 0) return end('expired');
    expiryTimer = setTimeout(() => endAtExpiry(expiresAtMs), Math.min(leftMs, timerMaxMs));
  }

  function signInFromAddress(): boolean {
    const token = takeTokenFromAddress(location, history);
    if (token !== undefined) signIn(token);
    return token !== undefined;
  }

  window.addEventListener('hashchange', signInFromAddress);
  document.addEventListener('visibilitychange', () => {
    if (state.session !== undefined) endAtExpiry(state.session.claims.expiresAtMs);
  });
  const kept = sessionStorage.getItem(tokenSlot);
  if (!signInFromAddress() && kept !== null) signIn(kept);

  return {
    read: () => state,
    listen(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    signIn,
    signOut() {
      // Nobody waits for it: what is seen here is gone at once, the token everywhere a moment later.
      state.session?.atlas.signOut().catch(() => {});
      end('signed_out');
    },
  };
}

function openSession(token: string, claims: Claims, onRejected: () => void): Session {
  const asWhom = {
    url: location.origin,
    token({ refused }: { readonly refused?: string }) {
      if (refused !== undefined) onRejected();
      return token;
    },
  };
  const atlas = createClient(asWhom);
  return {
    claims,
    atlas,
    // The client tries again what may be tried again.
    queries: new QueryClient({
      defaultOptions: { queries: { staleTime: 5_000, retry: false, networkMode: 'always' } },
    }),
    senders: createSenders(atlas.transfers, claims),
    figures: createFigures(asWhom),
  };
}
