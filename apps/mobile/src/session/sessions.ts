// Who is signed in. A token comes from the secure store, a link or by hand; the signature is the
// server's business, here it only decides whom to show.
import { readClaims } from '@atlas/client';
import type { Link } from '../links.ts';
import { openSession, type Session } from './session.ts';
import { tokenStore } from './token-store.ts';

export type SignInFault = 'unreadable' | 'expired';

export type SessionState =
  | { readonly step: 'opening' }
  | { readonly step: 'signed_out'; readonly fault: SignInFault | undefined }
  | { readonly step: 'signed_in'; readonly session: Session };

export interface Sessions {
  readonly read: () => SessionState;
  readonly listen: (onChange: () => void) => () => void;
  /** Undefined when somebody is signed in with it now. */
  readonly signIn: (text: string) => SignInFault | undefined;
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

  function signIn(text: string): SignInFault | undefined {
    const token = text.replace(/\s/g, '');
    const claims = readClaims(token);
    if (claims === undefined) return fault('unreadable');
    if (claims.expiresAtMs <= Date.now()) return fault('expired');
    tokenStore.save(token).catch(() => undefined);
    const open = state.step === 'signed_in' ? state.session : undefined;
    if (open !== undefined && isSamePerson(open.claims, claims)) {
      open.renew(token);
    } else {
      open?.close();
      enter({ step: 'signed_in', session: openSession(token, claims) });
    }
    return undefined;
  }

  function fault(why: SignInFault): SignInFault {
    if (state.step !== 'signed_in') enter({ step: 'signed_out', fault: why });
    return why;
  }

  tokenStore.load().then(
    (kept) => {
      if (state.step !== 'opening') return;
      if (kept === undefined) enter({ step: 'signed_out', fault: undefined });
      else signIn(kept);
    },
    () => enter({ step: 'signed_out', fault: undefined }),
  );

  return {
    read: () => state,
    listen(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    signIn,
    open({ token }) {
      if (token === undefined) return;
      const claims = readClaims(token);
      const isOther =
        state.step === 'signed_in' &&
        claims !== undefined &&
        !isSamePerson(state.session.claims, claims);
      if (!isOther) signIn(token);
    },
    signOut() {
      if (state.step !== 'signed_in') return;
      const { session } = state;
      // Nobody waits for it: what is seen here is gone at once, the token everywhere a moment later.
      session.atlas
        .signOut()
        .catch(() => undefined)
        .finally(session.close);
      tokenStore.clear().catch(() => undefined);
      session.forget();
      enter({ step: 'signed_out', fault: undefined });
    },
  };
}

function isSamePerson(one: Session['claims'], other: Session['claims']): boolean {
  return one.tenant === other.tenant && one.subject === other.subject;
}
