// Sign in at the identity provider where the gateway names one, else with a token, by hand; links do it without
// this screen.
import { useMemo, useState } from 'react';
import { View } from 'react-native';
import { space } from '../theme.ts';
import { Button } from '../ui/button.tsx';
import { Label } from '../ui/label.tsx';
import { Screen } from '../ui/screen.tsx';
import { words } from '../words.ts';
import { failureFrom, type SignInFailure } from './failure.ts';
import { openProvider, type ProviderSettings } from './provider.ts';
import type { Sessions } from './sessions.ts';
import { TokenForm } from './token-form.tsx';
import { useSignInSettings } from './use-sign-in-settings.ts';

interface SignInProps {
  /** Why the last sign-in came to nothing. */
  readonly failure: SignInFailure | undefined;
  readonly sessions: Pick<Sessions, 'signIn' | 'signInAt'>;
  /** Where the person is signed in, with a token that has ended. */
  readonly onBack?: () => void;
}

export function SignInScreen({ failure: before, sessions, onBack }: SignInProps) {
  const { found, isAway } = useSignInSettings();
  const [failure, setFailure] = useState(before);
  const [byToken, setByToken] = useState(false);
  const provider = found?.signIn ?? undefined;
  const showsForm = byToken || found?.signIn === null;
  return (
    <Screen title={onBack === undefined ? words.app : words.signIn} onBack={onBack}>
      {onBack !== undefined && <Label tone="soft">{words.sessionEnded}</Label>}
      {failure !== undefined && <Why failure={failure} />}
      {found === undefined && (
        <Label tone="soft" role="status" aria-live="polite">
          {isAway ? words.atlasAway : words.askingHow}
        </Label>
      )}
      {provider !== undefined && (
        <AtProvider
          settings={provider}
          signInAt={sessions.signInAt}
          onFailure={setFailure}
          onDone={onBack}
        />
      )}
      {showsForm ? (
        <TokenForm
          isOnlyWay={provider === undefined}
          onToken={(text) => {
            try {
              sessions.signIn(text);
              onBack?.();
            } catch (error) {
              setFailure(failureFrom(error));
            }
          }}
        />
      ) : (
        <Button kind="bare" text={words.useToken} onPress={() => setByToken(true)} />
      )}
    </Screen>
  );
}

function Why({ failure: { code, message } }: { readonly failure: SignInFailure }) {
  return (
    <View role="alert" style={{ gap: space.xs }}>
      <Label tone="bad">{words.signInFaults[code]}</Label>
      {message !== '' && (
        <Label of="small" tone="soft" selectable>
          {message}
        </Label>
      )}
    </View>
  );
}

interface AtProviderProps {
  readonly settings: ProviderSettings;
  readonly signInAt: Sessions['signInAt'];
  readonly onFailure: (failure: SignInFailure | undefined) => void;
  readonly onDone: (() => void) | undefined;
}

function AtProvider({ settings, signInAt, onFailure, onDone }: AtProviderProps) {
  const provider = useMemo(() => openProvider(settings), [settings]);
  const [busy, setBusy] = useState(false);
  const signIn = () => {
    setBusy(true);
    onFailure(undefined);
    signInAt(provider)
      .then(
        (isIn) => isIn && onDone?.(),
        (error: unknown) => onFailure(failureFrom(error)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <>
      <Button text={words.signInWith(new URL(settings.issuer).host)} onPress={signIn} busy={busy} />
      <Label tone="soft">{words.inBrowser}</Label>
    </>
  );
}
