// An account's entries inside React: kept ones at once, the newest as soon as they can be read, and more
// whenever the live version rises.
import { createEntriesFeed, systemClock, type EntriesFeed, type LiveBalance } from '@atlas/client';
import { useEffect, useState } from 'react';
import { useSession } from '../session/use-session.ts';
import { keepEntries, loadEntries } from './kept-entries.ts';

/** A page that cannot be read in this time is read when the balance is live again. */
const deadlineMs = 5_000;

/** Undefined until the device has been asked what it kept. */
export function useFeed(accountId: string, live: LiveBalance): EntriesFeed | undefined {
  const { atlas, claims } = useSession();
  const [feed, setFeed] = useState<EntriesFeed>();

  useEffect(() => {
    let left = false;
    let leave: (() => void) | undefined;
    setFeed(undefined);
    void loadEntries(claims, accountId).then((kept) => {
      if (left) return;
      const opened = createEntriesFeed({
        load: (cursor, limit) =>
          atlas.accounts.entries(accountId, { limit, deadlineMs }).page(cursor),
        clock: systemClock,
        kept,
      });
      let keptVersion = kept[0]?.version;
      leave = opened.listen(() => {
        const { rows } = opened.read();
        if (rows[0] === undefined || rows[0].version === keptVersion) return;
        keptVersion = rows[0].version;
        keepEntries(claims, accountId, rows);
      });
      opened.loadMore();
      setFeed(opened);
    });
    return () => {
      left = true;
      leave?.();
    };
  }, [atlas, claims, accountId]);

  const version = live.balance?.version;
  const isLive = live.freshness === 'live';
  useEffect(() => {
    if (feed === undefined) return;
    if (isLive && feed.read().error !== undefined) feed.loadMore();
    if (version !== undefined) feed.catchUp(version);
  }, [feed, version, isLive]);

  return feed;
}
