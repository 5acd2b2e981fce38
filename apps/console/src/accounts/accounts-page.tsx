// Accounts: the list, and the open account beside it (on a phone, in its place). The list stays
// mounted, so that going back finds it where it was left.
import './accounts.css';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { useLocation, useSearch } from 'wouter';
import { AccountView } from './account-view.tsx';
import { AccountList } from './account-list.tsx';

interface AccountsPageProps {
  readonly accountId: string | undefined;
  readonly sending: boolean;
}

export function AccountsPage({ accountId, sending }: AccountsPageProps) {
  const [, navigate] = useLocation();
  const search = useSearch();
  const query = search === '' ? '' : `?${search}`;
  const listPath = `/accounts${query}`;
  useEffect(() => {
    document.title = accountId === undefined ? 'Accounts – Atlas' : `${accountId} – Atlas`;
    if (accountId === undefined) return undefined;
    const back = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      if (document.querySelector('dialog[open], :popover-open') !== null) return;
      navigate(sending ? `/accounts/${accountId}${query}` : listPath);
    };
    document.addEventListener('keydown', back);
    return () => document.removeEventListener('keydown', back);
  }, [accountId, sending, query, listPath, navigate]);

  const rememberScroll = useListScroll(accountId === undefined);
  return (
    <div className={accountId === undefined ? 'accounts' : 'accounts open'}>
      <AccountList openId={accountId} onLeave={rememberScroll} />
      <div className="detail">
        {accountId === undefined ? (
          <p className="detail-none">
            Choose an account. <kbd>j</kbd> <kbd>k</kbd> move through the list, <kbd>Enter</kbd>{' '}
            opens, <kbd>Esc</kbd> closes.
          </p>
        ) : (
          <AccountView
            key={accountId}
            accountId={accountId}
            sending={sending}
            listPath={listPath}
          />
        )}
      </div>
    </div>
  );
}

/** On a phone list and account share the page's scroll: each is found where it was, or at its top. */
function useListScroll(listOnly: boolean): () => void {
  const listTop = useRef(0);
  useLayoutEffect(() => {
    window.scrollTo(0, listOnly ? listTop.current : 0);
  }, [listOnly]);
  return () => {
    if (listOnly) listTop.current = window.scrollY;
  };
}
