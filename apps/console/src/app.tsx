// The signed-out page, or the shell with the page that the address names.
import { QueryClientProvider } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { AccountsPage } from './accounts/accounts-page.tsx';
import { OperationsPage } from './operations/operations-page.tsx';
import type { Sessions } from './session/session.ts';
import { SignIn } from './session/sign-in.tsx';
import { SessionContext } from './session/use-session.ts';
import { Shell } from './shell.tsx';
import { TransfersPage } from './transfers/transfers-page.tsx';

export function App({ sessions }: { readonly sessions: Sessions }) {
  const { session, ended } = useSyncExternalStore(sessions.listen, sessions.read);
  if (session === undefined) return <SignIn ended={ended} onToken={sessions.signIn} />;
  return (
    <SessionContext value={session}>
      <QueryClientProvider client={session.queries}>
        <Shell onSignOut={sessions.signOut}>
          <Switch>
            <Route path="/accounts/:accountId?/:action?">
              {({ accountId, action }) => (
                <AccountsPage
                  accountId={accountId === undefined ? undefined : decodeURIComponent(accountId)}
                  sending={action === 'send'}
                />
              )}
            </Route>
            <Route path="/transfers">
              <TransfersPage />
            </Route>
            <Route path="/operations">
              <OperationsPage />
            </Route>
            <Route>
              <Redirect to="/accounts" replace />
            </Route>
          </Switch>
        </Shell>
      </QueryClientProvider>
    </SessionContext>
  );
}
