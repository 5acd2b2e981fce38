// The accounts of the token, in order of their ids, narrowed by the beginning of an id.
import type { Account } from '@atlas/client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { accountPath } from '../paths.ts';
import { useSession } from '../session/use-session.ts';
import { useAddress } from '../ui/address.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Id } from '../ui/id.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { AccountAvailable } from './account-available.tsx';

const pageRows = 100;
/** Accounts opened elsewhere come in by themselves; balances are live anyway. */
const everyMs = 5_000;
/** Whoever has scrolled further than this reads a list that stands still. */
const livePagesMax = 2;

const columns: readonly Column<Account>[] = [
  {
    name: 'Account',
    width: 'minmax(0, 1fr)',
    cell: ({ accountId }) => <Id id={accountId} />,
  },
  {
    name: 'Available',
    width: 'max-content',
    align: 'end',
    cell: (account) => <AccountAvailable account={account} />,
  },
];

export function AccountList({ openId }: { readonly openId: string | undefined }) {
  const { atlas } = useSession();
  const { params, query } = useAddress();
  const prefix = params.get('prefix') ?? '';
  const accounts = useInfiniteQuery({
    queryKey: ['accounts', prefix],
    queryFn: ({ pageParam, signal }) =>
      atlas.accounts.list({ prefix, limit: pageRows, signal }).page(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: (before) => before,
    refetchInterval: ({ state }) =>
      (state.data?.pages.length ?? 0) > livePagesMax ? false : everyMs,
  });
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = accounts;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const more = hasNextPage && !isFetching && !isError;
  const loadMore = useCallback(() => {
    if (more) void fetchNextPage();
  }, [more, fetchNextPage]);
  const hrefOf = useCallback(({ accountId }: Account) => accountPath(accountId) + query, [query]);
  return (
    <>
      {(rows.length > 0 || accounts.isPending) && (
        <Table
          label="Accounts"
          rows={rows}
          keyOf={keyOf}
          columns={columns}
          hrefOf={hrefOf}
          openKey={openId}
          onNearEnd={loadMore}
          loading={accounts.isPending}
        />
      )}
      {accounts.isSuccess && rows.length === 0 && <NoAccounts prefix={prefix} />}
      {isError && (
        <ProblemNote error={accounts.error}>
          <button
            type="button"
            className="button"
            onClick={() => void (rows.length > 0 ? fetchNextPage() : accounts.refetch())}
          >
            Try again
          </button>
        </ProblemNote>
      )}
    </>
  );
}

const keyOf = ({ accountId }: Account) => accountId;

function NoAccounts({ prefix }: { readonly prefix: string }) {
  if (prefix !== '') {
    return (
      <EmptyState title={`No account id begins with “${prefix}”.`}>
        <p>Only the beginning is looked at, and upper and lower case differ.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No accounts yet." command="npx atlas demo">
      <p>
        Each account will stand here with its live balance. Open one with <b>New</b>, or fill a
        small town:
      </p>
    </EmptyState>
  );
}
