// The feed of the filters in the address; other filters are another feed.
import { systemClock } from '@atlas/client';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useSession } from '../session/use-session.ts';
import { answerMs } from '../ui/answer-ms.ts';
import { useFilterValues } from '../ui/filters.tsx';
import { createAuditFeed, pageRows, type AuditFeed, type AuditView } from './audit-feed.ts';
import { filters, queryOf } from './filters.ts';

export function useAuditFeed(): { readonly feed: AuditFeed; readonly view: AuditView } {
  const { operations } = useSession().atlas;
  const asked = JSON.stringify(queryOf(useFilterValues(filters)));
  const feed = useMemo(() => {
    const query = JSON.parse(asked) as ReturnType<typeof queryOf>;
    const pages = operations.audit({ ...query, limit: pageRows, deadlineMs: answerMs });
    return createAuditFeed({
      load: pages.page,
      hidden: () => document.visibilityState === 'hidden',
      clock: systemClock,
    });
  }, [operations, asked]);
  const view = useSyncExternalStore(feed.listen, feed.read);
  useEffect(() => feed.loadMore(), [feed]);
  return { feed, view };
}
