// Everything that lives exactly as long as somebody is signed in: the client with their tokens, the
// cached replies and the open transfers. Signing out leaves none of it behind.
import { createClient, type AtlasClient, type Claims, type TokenSource } from '@atlas/client';
import { QueryClient } from '@tanstack/react-query';
import { createFigures, type Figures } from './figures.ts';
import { createSenders, type Senders } from '../send/senders.ts';

export interface Session {
  readonly claims: Claims;
  /** Whether its tokens are renewed: it does not end with the one of now. */
  readonly isRenewed: boolean;
  readonly atlas: AtlasClient;
  readonly queries: QueryClient;
  readonly senders: Senders;
  readonly figures: Figures;
}

export interface SessionParts {
  readonly claims: Claims;
  readonly isRenewed: boolean;
  readonly token: TokenSource;
}

export function openSession({ claims, isRenewed, token }: SessionParts): Session {
  const asWhom = { url: location.origin, token };
  const atlas = createClient(asWhom);
  return {
    claims,
    isRenewed,
    atlas,
    // The client tries again what may be tried again.
    queries: new QueryClient({
      defaultOptions: { queries: { staleTime: 5_000, retry: false, networkMode: 'always' } },
    }),
    senders: createSenders(atlas.transfers, claims),
    figures: createFigures(asWhom),
  };
}

/** A reload may follow, and an open transfer must survive it: only a sign-out forgets all. */
export function closeSession(session: Session, { forget }: { readonly forget: boolean }): void {
  session.atlas.close();
  session.figures.close();
  session.queries.clear();
  session.senders.close({ forget });
}
