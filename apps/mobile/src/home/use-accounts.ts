// The accounts of whoever is signed in: those that the token lists, or the first of the tenant. The list
// is kept, so that a start without a network knows whose balance to show.
import { useEffect, useState } from 'react';
import { limits } from '../limits.ts';
import { useSession } from '../session/use-session.ts';
import { storage } from '../storage.ts';

export interface OwnAccounts {
  /** Undefined while not known yet. */
  readonly ids: readonly string[] | undefined;
  readonly hasMore: boolean;
}

export function useAccounts(): OwnAccounts {
  const { atlas, claims } = useSession();
  const listed = claims.accounts === '*' ? undefined : claims.accounts;
  const [found, setFound] = useState<OwnAccounts>({ ids: listed, hasMore: false });
  useEffect(() => {
    if (listed !== undefined) return setFound({ ids: listed, hasMore: false });
    const slot = `atlas.accounts/${encodeURIComponent(claims.tenant)}`;
    const leaving = new AbortController();
    const read = async () => {
      const kept = await storage.load(slot);
      if (kept !== undefined && !leaving.signal.aborted) setFound(JSON.parse(kept) as OwnAccounts);
      const pages = atlas.accounts.list({ limit: limits.accountsMax, signal: leaving.signal });
      const { items, nextCursor } = await pages.page();
      const now = { ids: items.map(({ accountId }) => accountId), hasMore: nextCursor !== null };
      setFound(now);
      await storage.save(slot, JSON.stringify(now));
    };
    // What cannot be read now stays as it was kept.
    read().catch(() => undefined);
    return () => leaving.abort();
  }, [atlas, claims, listed]);
  return found;
}
