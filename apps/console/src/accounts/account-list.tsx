// The accounts of the token, in order of their ids, narrowed by the beginning of an id.
import type { Account } from '@atlas/client';
import { useCallback } from 'react';
import { accountPath } from '../paths.ts';
import { useAddress } from '../ui/address.ts';
import { AskAgain } from '../ui/ask-again.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Id } from '../ui/id.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import { useFailure } from '../ui/outage.ts';
import { Table, type Column } from '../ui/table.tsx';
import { AccountAvailable } from './account-available.tsx';
import { useAccountList } from './use-account-list.ts';

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
  const { query } = useAddress();
  const accounts = useAccountList();
  const { rows, prefix, standsStill, hasNextPage, isFetching, isError, fetchNextPage } = accounts;
  const failure = useFailure(accounts);
  const isAnswered = accounts.isSuccess && !accounts.isPlaceholderData;
  const more = hasNextPage && !isFetching && !isError;
  const loadMore = useCallback(() => {
    if (more) void fetchNextPage();
  }, [more, fetchNextPage]);
  const hrefOf = useCallback(({ accountId }: Account) => accountPath(accountId) + query, [query]);
  const askAgain = () => void accounts.refetch();
  return (
    <>
      {(rows.length > 0 || (!isAnswered && failure === null)) && (
        <Table
          label="Accounts"
          rows={rows}
          keyOf={keyOf}
          columns={columns}
          hrefOf={hrefOf}
          openKey={openId}
          onNearEnd={loadMore}
          loading={rows.length === 0}
          end={standsStill && <AskAgain asOfMs={accounts.dataUpdatedAt} onAsk={askAgain} />}
        />
      )}
      {isAnswered && rows.length === 0 && <NoAccounts prefix={prefix} />}
      {failure !== null && (
        <ProblemNote error={failure}>
          <button
            type="button"
            className="button"
            onClick={accounts.isFetchNextPageError ? () => void fetchNextPage() : askAgain}
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
