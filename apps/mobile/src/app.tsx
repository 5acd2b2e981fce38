// The app: who is signed in decides what is seen.
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { StatusBar } from 'react-native';
import { SafeAreaProvider } from 'react-native-safe-area-context';
import { AccountsScreen } from './home/accounts-screen.tsx';
import { EntryScreen } from './home/entry-screen.tsx';
import { HomeScreen } from './home/home-screen.tsx';
import { useAccounts } from './home/use-accounts.ts';
import { watchLinks, type Prefill } from './links.ts';
import { RequestScreen } from './request/request-screen.tsx';
import { useScreens } from './screens.ts';
import { OutgoingScreen } from './send/outgoing-screen.tsx';
import { SendScreen } from './send/send-screen.tsx';
import { SessionScreen } from './session/session-screen.tsx';
import { createSessions, type Sessions } from './session/sessions.ts';
import { SignInScreen } from './session/sign-in-screen.tsx';
import { SessionContext } from './session/use-session.ts';
import { Button } from './ui/button.tsx';
import { Label } from './ui/label.tsx';
import { Screen } from './ui/screen.tsx';
import { usePreference } from './use-preference.ts';
import { words } from './words.ts';

export function App() {
  const sessions = useMemo(createSessions, []);
  const state = useSyncExternalStore(sessions.listen, sessions.read, sessions.read);
  const [prefill, setPrefill] = useState<Prefill>();
  useEffect(
    () =>
      watchLinks((link) => {
        if (link.prefill !== undefined) setPrefill(link.prefill);
        else sessions.open(link);
      }),
    [sessions],
  );
  return (
    <SafeAreaProvider>
      <StatusBar barStyle="default" />
      {state.step === 'signed_out' && (
        <SignInScreen key={state.failure?.code ?? ''} failure={state.failure} sessions={sessions} />
      )}
      {state.step === 'signed_in' && (
        <SessionContext value={state.session}>
          <SignedIn
            sessions={sessions}
            prefill={prefill}
            onPrefilled={() => setPrefill(undefined)}
          />
        </SessionContext>
      )}
    </SafeAreaProvider>
  );
}

interface SignedInProps {
  readonly sessions: Sessions;
  readonly prefill: Prefill | undefined;
  readonly onPrefilled: () => void;
}

function SignedIn({ sessions, prefill, onPrefilled }: SignedInProps) {
  const accounts = useAccounts();
  const [screen, screens] = useScreens();
  const [chosen, choose] = usePreference('account');
  const [hidden, setHidden] = usePreference('hidden');
  const accountId =
    chosen !== undefined && accounts.ids?.includes(chosen) ? chosen : accounts.ids?.[0];

  useEffect(() => {
    if (prefill === undefined || accountId === undefined) return;
    screens.push({ name: 'send', prefill });
    onPrefilled();
  }, [prefill, accountId, screens, onPrefilled]);

  const isHidden = hidden === 'yes';
  if (screen?.name === 'session') {
    return <SessionScreen onSignOut={sessions.signOut} onBack={screens.back} />;
  }
  if (screen?.name === 'sign-in') {
    return <SignInScreen failure={undefined} sessions={sessions} onBack={screens.back} />;
  }
  if (accountId === undefined) {
    return (
      <Screen title={words.app}>
        <Label tone="soft" role="status" aria-live="polite">
          {accounts.ids === undefined ? (accounts.trouble ?? words.loading) : words.noAccounts}
        </Label>
        <Button
          kind="other"
          text={words.account}
          onPress={() => screens.push({ name: 'session' })}
        />
      </Screen>
    );
  }
  switch (screen?.name) {
    case 'accounts':
      return (
        <AccountsScreen
          accounts={accounts}
          hidden={isHidden}
          onBack={screens.back}
          onChoose={(id) => {
            choose(id);
            screens.home();
          }}
        />
      );
    case 'send':
      return (
        <SendScreen
          accountId={accountId}
          prefill={screen.prefill}
          onSent={(key) => screens.replace({ name: 'outgoing', key })}
          onBack={screens.back}
        />
      );
    case 'outgoing':
      return <OutgoingScreen transferKey={screen.key} onDone={screens.home} />;
    case 'request':
      return <RequestScreen accountId={accountId} onBack={screens.back} />;
    case 'entry':
      return <EntryScreen entry={screen.entry} currency={screen.currency} onBack={screens.back} />;
    default:
      return (
        <HomeScreen
          accountId={accountId}
          hidden={isHidden}
          onToggleHidden={() => setHidden(isHidden ? 'no' : 'yes')}
          screens={screens}
        />
      );
  }
}
