// The app: who is signed in decides what is seen.
import { setBackgroundColorAsync } from 'expo-system-ui';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { StatusBar } from 'react-native';
import { SafeAreaProvider } from 'react-native-safe-area-context';
import { watchLinks, type Prefill } from './links.ts';
import { Touch } from './live/touch.tsx';
import { createSessions } from './session/sessions.ts';
import { SignInScreen } from './session/sign-in-screen.tsx';
import { SessionContext } from './session/use-session.ts';
import { SignedIn } from './signed-in.tsx';
import { useTheme } from './theme.ts';

export function App() {
  const sessions = useMemo(createSessions, []);
  const state = useSyncExternalStore(sessions.listen, sessions.read, sessions.read);
  const [prefill, setPrefill] = useState<Prefill>();
  const { page } = useTheme();
  // What lies under the screens is seen beside the keyboard, when the phone is turned and past the end of a list.
  useEffect(() => void setBackgroundColorAsync(page), [page]);
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
          <Touch>
            <SignedIn
              sessions={sessions}
              prefill={prefill}
              onPrefilled={() => setPrefill(undefined)}
            />
          </Touch>
        </SessionContext>
      )}
    </SafeAreaProvider>
  );
}
