// The accounts that the address selects, asked for once for all who show something of them.
import type { Account } from '@atlas/client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useSession } from '../session/use-session.ts';
import { useAddress } from '../ui/address.ts';
import { answerMs } from '../ui/answer-ms.ts';

const pageRows = 100;
/** Accounts opened elsewhere come in by themselves; balances are live anyway. */
const everyMs = 5_000;
/** Whoever has scrolled further than this reads a list that stands still. */
const livePagesMax = 2;

export function useAccountList() {
  const { atlas } = useSession();
  const prefix = useAddress().params.get('prefix') ?? '';
  const accounts = useInfiniteQuery({
    queryKey: ['accounts', prefix],
    queryFn: ({ pageParam, signal }) =>
      atlas.accounts
        .list({ prefix, limit: pageRows, signal, deadlineMs: answerMs })
        .page(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: (before) => before,
    refetchInterval: ({ state }) => (standsStill(state.data) ? false : everyMs),
  });
  const { data } = accounts;
  // Until there is an answer to a new prefix, those of the last answer that it selects too.
  const rows = useMemo(() => rowsOf(data).filter(begins(prefix)), [data, prefix]);
  return { ...accounts, prefix, rows, standsStill: standsStill(data) };
}

type Pages = { readonly pages: readonly { readonly items: readonly Account[] }[] } | undefined;

function rowsOf(data: Pages): readonly Account[] {
  return data?.pages.flatMap(({ items }) => items) ?? [];
}

function begins(prefix: string): (account: Account) => boolean {
  return ({ accountId }) => accountId.startsWith(prefix);
}

function standsStill(data: Pages): boolean {
  return (data?.pages.length ?? 0) > livePagesMax;
}
