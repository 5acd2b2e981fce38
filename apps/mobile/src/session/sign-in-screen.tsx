// Sign in with a token, by hand; links do it without this screen.
import { useState } from 'react';
import { StyleSheet } from 'react-native';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Label } from '../ui/label.tsx';
import { Screen } from '../ui/screen.tsx';
import { words } from '../words.ts';
import type { SignInFault } from './sessions.ts';

interface SignInProps {
  readonly fault: SignInFault | undefined;
  readonly onToken: (text: string) => SignInFault | undefined;
  /** Where the person is signed in, with a token that has ended. */
  readonly onBack?: () => void;
}

export function SignInScreen({ fault, onToken, onBack }: SignInProps) {
  const [text, setText] = useState('');
  const [found, setFound] = useState(fault);
  const submit = () => {
    const wrong = onToken(text);
    setFound(wrong);
    if (wrong === undefined) onBack?.();
  };
  return (
    <Screen title={onBack === undefined ? words.app : words.signIn} onBack={onBack}>
      <Label tone="soft">{onBack === undefined ? words.tokenHint : words.sessionEnded}</Label>
      <Field
        label={words.token}
        value={text}
        onChangeText={setText}
        multiline
        numberOfLines={4}
        autoComplete="off"
        style={styles.token}
        fault={found === undefined ? undefined : words.tokenFaults[found]}
      />
      <Button text={words.signIn} onPress={submit} disabled={text.trim() === ''} />
    </Screen>
  );
}

const styles = StyleSheet.create({ token: { minHeight: 96, textAlignVertical: 'top' } });
