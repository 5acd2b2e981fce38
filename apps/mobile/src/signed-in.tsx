// What somebody who is signed in sees: one account at a time, and a stack of screens above it.
import { useEffect } from 'react';
import { AccountsScreen } from './home/accounts-screen.tsx';
import { EntryScreen } from './home/entry-screen.tsx';
import { HomeScreen } from './home/home-screen.tsx';
import { useAccounts, type OwnAccounts } from './home/use-accounts.ts';
import { HiddenContext } from './home/use-hidden.ts';
import type { Prefill } from './links.ts';
import { RequestScreen } from './request/request-screen.tsx';
import { useScreens, type ScreenName, type Screens } from './screens.ts';
import { OutgoingScreen } from './send/outgoing-screen.tsx';
import { SendScreen } from './send/send-screen.tsx';
import { SessionScreen } from './session/session-screen.tsx';
import type { Sessions } from './session/sessions.ts';
import { SignInScreen } from './session/sign-in-screen.tsx';
import { Button } from './ui/button.tsx';
import { Label } from './ui/label.tsx';
import { Screen } from './ui/screen.tsx';
import { usePreference } from './use-preference.ts';
import { words } from './words.ts';

interface SignedInProps {
  readonly sessions: Sessions;
  readonly prefill: Prefill | undefined;
  readonly onPrefilled: () => void;
}

export function SignedIn({ sessions, prefill, onPrefilled }: SignedInProps) {
  const accounts = useAccounts();
  const [screen, screens] = useScreens();
  const [chosen, choose] = usePreference('account');
  const [hidden, setHidden] = usePreference('hidden');
  // Until the device has said what was chosen, no account is shown for another, and no amount that is hidden.
  const ids = chosen === undefined ? undefined : accounts.ids;
  const accountId = ids?.find((id) => id === chosen) ?? ids?.[0];
  const isHidden = hidden === undefined || hidden === 'yes';

  useEffect(() => {
    if (prefill === undefined || accountId === undefined) return;
    screens.push({ name: 'send', prefill });
    onPrefilled();
  }, [prefill, accountId, screens, onPrefilled]);

  const shown = () => {
    if (screen?.name === 'session') {
      return <SessionScreen onSignOut={sessions.signOut} onBack={screens.back} />;
    }
    if (screen?.name === 'sign-in') {
      return <SignInScreen failure={undefined} sessions={sessions} onBack={screens.back} />;
    }
    if (accountId === undefined) {
      return <NoAccount ids={ids} trouble={accounts.trouble} screens={screens} />;
    }
    return (
      <OfAccount
        accountId={accountId}
        accounts={accounts}
        screen={screen}
        screens={screens}
        onChoose={choose}
        onToggleHidden={() => setHidden(isHidden ? 'no' : 'yes')}
      />
    );
  };
  return <HiddenContext value={isHidden}>{shown()}</HiddenContext>;
}

interface NoAccountProps extends Pick<OwnAccounts, 'ids' | 'trouble'> {
  readonly screens: Screens;
}

function NoAccount({ ids, trouble, screens }: NoAccountProps) {
  return (
    <Screen title={words.app}>
      <Label tone="soft" role="status" aria-live="polite">
        {ids === undefined ? (trouble ?? words.loading) : words.noAccounts}
      </Label>
      <Button kind="other" text={words.account} onPress={() => screens.push({ name: 'session' })} />
    </Screen>
  );
}

interface OfAccountProps {
  readonly accountId: string;
  readonly accounts: OwnAccounts;
  readonly screen: ScreenName | undefined;
  readonly screens: Screens;
  readonly onChoose: (accountId: string) => void;
  readonly onToggleHidden: () => void;
}

function OfAccount(props: OfAccountProps) {
  const { accountId, accounts, screen, screens, onChoose, onToggleHidden } = props;
  switch (screen?.name) {
    case 'accounts':
      return (
        <AccountsScreen
          accounts={accounts}
          onBack={screens.back}
          onChoose={(id) => {
            onChoose(id);
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
      return <HomeScreen accountId={accountId} onToggleHidden={onToggleHidden} screens={screens} />;
  }
}
