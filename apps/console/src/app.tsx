// The signed-out page, or the shell with the page that the address names.
import { QueryClientProvider } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { pages, pagesFor } from './pages.ts';
import { addresses } from './session/oidc/addresses.ts';
import type { Sessions } from './session/sessions.ts';
import { SignIn } from './session/sign-in.tsx';
import { SessionContext } from './session/use-session.ts';
import { PageFrame } from './shell/page-frame.tsx';
import { NotFound } from './shell/not-found.tsx';
import { Shell } from './shell/shell.tsx';
import { useZone } from './ui/zone.ts';

/** Addresses that say nothing of where to go. */
const arrivals = ['/', addresses.signedIn, addresses.signedOut];

export function App({ sessions }: { readonly sessions: Sessions }) {
  const state = useSyncExternalStore(sessions.listen, sessions.read);
  const { session } = state;
  // Every time on every page is written anew in the zone that was chosen.
  useZone();
  if (session === undefined) return <SignIn state={state} sessions={sessions} />;
  const [first] = pagesFor(session.claims.scopes);
  return (
    <SessionContext value={session}>
      <QueryClientProvider client={session.queries}>
        <Shell onSignOut={sessions.signOut}>
          <Switch>
            {pages.map((page) => (
              <Route key={page.path} path={`${page.path}/*?`}>
                <PageFrame page={page} />
              </Route>
            ))}
            {arrivals.map((path) => (
              <Route key={path} path={path}>
                <Redirect to={(first ?? pages[0]!).path} replace />
              </Route>
            ))}
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Shell>
      </QueryClientProvider>
    </SessionContext>
  );
}
