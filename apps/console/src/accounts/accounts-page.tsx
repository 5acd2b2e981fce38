// Accounts: the list, and the open account beside it (on a phone, in its place).
import './accounts.css';
import { useRoute } from 'wouter';
import { accountPath } from '../paths.ts';
import { useAddress } from '../ui/address.ts';
import { SplitView } from '../ui/split-view.tsx';
import { useTitle } from '../ui/title.ts';
import { AccountView } from './account-view.tsx';
import { AccountListHead } from './account-list-head.tsx';
import { AccountList } from './account-list.tsx';

export function AccountsPage() {
  const [, route] = useRoute('/accounts/:accountId?/:action?');
  const accountId = route?.accountId && decodeURIComponent(route.accountId);
  const sending = route?.action === 'send';
  const { query } = useAddress();
  const listPath = `/accounts${query}`;
  useTitle(accountId);
  return (
    <SplitView
      label="Accounts"
      backTo={sending && accountId ? accountPath(accountId) + query : listPath}
      head={<AccountListHead openId={accountId} />}
      list={<AccountList openId={accountId} />}
      detail={
        accountId && (
          <AccountView
            key={accountId}
            accountId={accountId}
            sending={sending}
            listPath={listPath}
          />
        )
      }
      none={
        <p>
          Choose an account. <kbd>j</kbd> <kbd>k</kbd> move through the list, <kbd>Enter</kbd>{' '}
          opens, <kbd>Esc</kbd> closes.
        </p>
      }
    />
  );
}
