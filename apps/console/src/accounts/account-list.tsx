// The accounts of the token, in order of their ids, narrowed by the beginning of an id. The filter
// stands in the address, so that it survives a reload and can be sent to a colleague.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { ConnectionState } from '../live/connection-state.tsx';
import { useSession } from '../session/use-session.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icons.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import { useSeen } from '../ui/use-seen.ts';
import { AccountRow } from './account-row.tsx';
import { NewAccount } from './new-account.tsx';
import { useListKeys } from './use-list-keys.ts';

const pageRows = 100;
/** Typing pauses this long before the list follows. */
const typingMs = 200;

interface AccountListProps {
  readonly openId: string | undefined;
  /** A row was chosen, and the page still stands as it did. */
  readonly onLeave: () => void;
}

export function AccountList({ openId, onLeave }: AccountListProps) {
  const { atlas, claims } = useSession();
  const [, navigate] = useLocation();
  const prefix = new URLSearchParams(useSearch()).get('prefix') ?? '';
  const listRef = useRef<HTMLElement>(null);
  const searchRef = useRef<HTMLInputElement>(null);
  const [creating, setCreating] = useState(false);
  useListKeys(listRef, searchRef);

  const accounts = useInfiniteQuery({
    queryKey: ['accounts', prefix],
    queryFn: ({ pageParam, signal }) =>
      atlas.accounts.list({ prefix, limit: pageRows, signal }).page(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: (before) => before,
    staleTime: 30_000,
  });
  const [endRef, endSeen] = useSeen(400);
  const { hasNextPage, isFetching, isError, fetchNextPage } = accounts;
  useEffect(() => {
    if (endSeen && hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [endSeen, hasNextPage, isFetching, isError, fetchNextPage]);

  const rows = accounts.data?.pages.flatMap((page) => page.items) ?? [];
  const query = prefix === '' ? '' : `?prefix=${encodeURIComponent(prefix)}`;
  return (
    <section className="list" ref={listRef} aria-label="Accounts" onClickCapture={onLeave}>
      <header className="list-head">
        <div className="list-title">
          <h1>Accounts</h1>
          {openId === undefined && <ConnectionState />}
          {claims.scopes.includes('accounts') && (
            <button type="button" className="button" onClick={() => setCreating(true)}>
              <Icon name="plus" /> New
            </button>
          )}
        </div>
        <PrefixSearch
          key={prefix}
          inputRef={searchRef}
          prefix={prefix}
          onPrefix={(next) => {
            const here = openId === undefined ? '/accounts' : `/accounts/${openId}`;
            const search = next === '' ? '' : `?prefix=${encodeURIComponent(next)}`;
            navigate(here + search, { replace: true });
          }}
        />
      </header>
      {accounts.isPending && <ListSkeleton />}
      {rows.length > 0 && (
        <ul className="rows" aria-busy={accounts.isPlaceholderData}>
          {rows.map((account) => (
            <AccountRow
              key={account.accountId}
              account={account}
              open={account.accountId === openId}
              query={query}
            />
          ))}
        </ul>
      )}
      {accounts.isSuccess && rows.length === 0 && <NoAccounts prefix={prefix} />}
      {accounts.isError && (
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
      <div ref={endRef} className="list-end" />
      {creating && (
        <NewAccount
          onClose={() => setCreating(false)}
          onOpened={(accountId) => {
            setCreating(false);
            void accounts.refetch();
            navigate(`/accounts/${accountId}`);
          }}
        />
      )}
    </section>
  );
}

function PrefixSearch(props: {
  readonly inputRef: React.RefObject<HTMLInputElement | null>;
  readonly prefix: string;
  readonly onPrefix: (prefix: string) => void;
}) {
  const { prefix, onPrefix } = props;
  const [typed, setTyped] = useState(prefix);
  useEffect(() => {
    if (typed === prefix) return undefined;
    const timer = setTimeout(() => onPrefix(typed), typingMs);
    return () => clearTimeout(timer);
  }, [typed, prefix, onPrefix]);
  return (
    <div className="search">
      <Icon name="search" />
      <input
        ref={props.inputRef}
        type="search"
        aria-label="Accounts whose id begins with"
        placeholder="Start of an id"
        value={typed}
        onChange={(event) => setTyped(event.target.value.trim())}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  );
}

function NoAccounts({ prefix }: { readonly prefix: string }) {
  if (prefix !== '') {
    return <p className="empty">No account id begins with “{prefix}”.</p>;
  }
  const command = 'npx atlas demo';
  return (
    <div className="empty">
      <p>No accounts yet. Each account will stand here with its live balance.</p>
      <p>
        Open one with <b>New</b>, or fill a small town: <code>{command}</code>{' '}
        <CopyButton text={command} what="the command" />
      </p>
    </div>
  );
}

function ListSkeleton() {
  return (
    <ul className="rows" aria-hidden="true">
      {Array.from({ length: 12 }, (_, row) => (
        <li key={row} className="row">
          <span className="row-link">
            <span className="skeleton" style={{ width: 110 + ((row * 37) % 60) }} />
            <span className="skeleton" style={{ width: 60 + ((row * 23) % 30) }} />
          </span>
        </li>
      ))}
    </ul>
  );
}
