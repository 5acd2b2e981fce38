// The accounts of whoever is signed in: those that the token lists, or the first of the tenant. The list
// is kept, so that a start without a network knows whose balance to show.
import { AtlasError } from '@atlas/client';
import { useEffect, useState } from 'react';
import { limits } from '../limits.ts';
import { useSession } from '../session/use-session.ts';
import { storage } from '../storage.ts';
import { errorText } from '../words.ts';

export interface OwnAccounts {
  /** Undefined while not known yet. */
  readonly ids: readonly string[] | undefined;
  readonly hasMore: boolean;
  /** Why they cannot be read now, in words. */
  readonly trouble: string | undefined;
}

export function useAccounts(): OwnAccounts {
  const { atlas, claims } = useSession();
  const listed = claims.accounts === '*' ? undefined : claims.accounts;
  const [found, setFound] = useState<OwnAccounts>(known(listed));
  useEffect(() => {
    if (listed !== undefined) return setFound(known(listed));
    const slot = `atlas.accounts/${encodeURIComponent(claims.tenant)}`;
    const leaving = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const read = async () => {
      const options = { limit: limits.accountsMax, signal: leaving.signal };
      const pages = atlas.accounts.list({ ...options, deadlineMs: limits.accountsMs });
      const { items, nextCursor } = await pages.page();
      const ids = items.map(({ accountId }) => accountId);
      const now: OwnAccounts = { ids, hasMore: nextCursor !== null, trouble: undefined };
      setFound(now);
      await storage.save(slot, JSON.stringify(now));
    };
    // What cannot be read now stays as it was kept, and is asked for again.
    const ask = () => {
      read().catch((error: unknown) => {
        if (leaving.signal.aborted || !(error instanceof AtlasError)) return;
        setFound((before) => ({ ...before, trouble: errorText(error) }));
        const isOver = error.code === 'unauthenticated' || error.code === 'forbidden';
        if (!isOver) timer = setTimeout(ask, limits.askAgainMs);
      });
    };
    void storage.load(slot).then((kept) => {
      if (leaving.signal.aborted) return;
      if (kept !== undefined) setFound(JSON.parse(kept) as OwnAccounts);
      ask();
    });
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [atlas, claims, listed]);
  return found;
}

function known(ids: readonly string[] | undefined): OwnAccounts {
  return { ids, hasMore: false, trouble: undefined };
}
