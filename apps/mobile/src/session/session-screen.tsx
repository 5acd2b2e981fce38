// Who is signed in, and the way out.
import { Button } from '../ui/button.tsx';
import { Facts } from '../ui/facts.tsx';
import { Screen } from '../ui/screen.tsx';
import { momentText, words } from '../words.ts';
import { useSession } from './use-session.ts';

interface SessionScreenProps {
  readonly onSignOut: () => void;
  readonly onBack: () => void;
}

export function SessionScreen({ onSignOut, onBack }: SessionScreenProps) {
  const { claims, isRenewed } = useSession();
  return (
    <Screen title={words.account} onBack={onBack}>
      <Facts
        facts={[
          [words.signedInAs, claims.subject],
          [words.tenant, claims.tenant],
          [words.signedInUntil, isRenewed ? undefined : momentText(claims.expiresAtMs)],
        ]}
      />
      <Button kind="other" text={words.signOut} onPress={onSignOut} />
    </Screen>
  );
}
