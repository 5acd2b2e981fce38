// One account: its live balance, the way to send from it, and its entries, which follow the balance.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import { useLiveBalance } from '../live/use-live-balance.ts';
import { accountPath, sendPath } from '../paths.ts';
import { SendPanel } from '../send/send-panel.tsx';
import { mayDebit } from '../session/token.ts';
import { useSession } from '../session/use-session.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icons.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import { Id } from '../ui/id.tsx';
import { useFailure, whileAway } from '../ui/outage.ts';
import { BalancePanel } from './balance-panel.tsx';
import { Entries } from './entries.tsx';

interface AccountViewProps {
  readonly accountId: string;
  readonly sending: boolean;
  readonly listPath: string;
}

export function AccountView({ accountId, sending, listPath }: AccountViewProps) {
  const { atlas, claims } = useSession();
  const [, navigate] = useLocation();
  const search = useSearch();
  const query = search === '' ? '' : `?${search}`;
  const live = useLiveBalance(accountId);
  const account = useQuery({
    queryKey: ['account', accountId],
    queryFn: ({ signal }) => atlas.accounts.get(accountId, { signal }),
    refetchInterval: whileAway,
  });
  const failure = useFailure(account);
  const titleRef = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Where the list is hidden now, the focus went with its row.
    if (document.activeElement === document.body) titleRef.current?.focus({ preventScroll: true });
  }, []);
  const sendable = account.data !== undefined && mayDebit(claims, accountId);
  return (
    <article className="account">
      <header className="account-head">
        <Link href={listPath} className="icon-button back" aria-label="Back to the accounts">
          <Icon name="back" />
        </Link>
        <h1 title={accountId} tabIndex={-1} ref={titleRef}>
          <Id id={accountId} />
        </h1>
        <CopyButton text={accountId} what="the account id" />
      </header>
      {failure !== null && account.data === undefined ? (
        <ProblemNote error={failure}>
          <button type="button" className="button" onClick={() => void account.refetch()}>
            Try again
          </button>
        </ProblemNote>
      ) : (
        <>
          <BalancePanel live={live} minimumMinor={account.data?.minimumMinor} />
          {sendable && !sending && <SendLink accountId={accountId} query={query} />}
          {sendable && sending && (
            <SendPanel
              accountId={accountId}
              currency={account.data.currency}
              onClose={() => navigate(accountPath(accountId) + query)}
            />
          )}
          <Entries
            accountId={accountId}
            currency={account.data?.currency}
            version={live.balance?.version}
          />
        </>
      )}
    </article>
  );
}

/** Also the way back to a transfer that is still open. */
function SendLink({ accountId, query }: { readonly accountId: string; readonly query: string }) {
  const { senders } = useSession();
  const sender = senders.of(accountId);
  const { step } = useSyncExternalStore(sender.listen, sender.read);
  const open = step === 'sending' || step === 'unknown';
  return (
    <Link href={sendPath(accountId) + query} className="button primary account-send">
      <Icon name={open ? 'question' : 'send'} /> {open ? 'Open transfer' : 'Send'}
    </Link>
  );
}
