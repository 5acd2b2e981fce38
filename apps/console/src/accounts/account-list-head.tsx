// Above the list of accounts: the way to open one, and the filter.
import { useLocation } from 'wouter';
import { useQueryClient } from '@tanstack/react-query';
import { ConnectionState } from '../live/connection-state.tsx';
import { accountPath } from '../paths.ts';
import { useSession } from '../session/use-session.ts';
import { useAddress } from '../ui/address.ts';
import { Icon } from '../ui/icons.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { Liveness } from '../ui/liveness.tsx';
import { NewAccount } from './new-account.tsx';
import { useAccountList } from './use-account-list.ts';

export function AccountListHead({ openId }: { readonly openId: string | undefined }) {
  const { claims } = useSession();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const { params, set } = useAddress();
  const mayOpen = claims.scopes.includes('accounts');
  return (
    <>
      <div className="title-row">
        <h1>Accounts</h1>
        {openId === undefined && <ListState />}
        {mayOpen && (
          <button type="button" className="button end" onClick={() => set({ new: 'account' })}>
            <Icon name="plus" /> New
          </button>
        )}
      </div>
      <SearchField
        name="prefix"
        label="Accounts whose id begins with"
        placeholder="Start of an id"
      />
      {mayOpen && params.has('new') && (
        <NewAccount
          onClose={() => set({ new: undefined })}
          onOpened={(accountId) => {
            void queries.invalidateQueries({ queryKey: ['accounts'] });
            navigate(accountPath(accountId));
          }}
        />
      )}
    </>
  );
}

/** The list is asked for and its balances come over the hub: it is live when both are. */
function ListState() {
  const { data, isError, dataUpdatedAt } = useAccountList();
  if (!isError) return <ConnectionState />;
  return data === undefined ? null : <Liveness silentSinceMs={dataUpdatedAt} />;
}
