// A token, pasted.
import { useState } from 'react';
import { StyleSheet } from 'react-native';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Label } from '../ui/label.tsx';
import { words } from '../words.ts';

interface TokenFormProps {
  /** Else it stands below the provider's button. */
  readonly isOnlyWay: boolean;
  readonly onToken: (text: string) => void;
}

export function TokenForm({ isOnlyWay, onToken }: TokenFormProps) {
  const [text, setText] = useState('');
  return (
    <>
      <Label tone="soft">{words.tokenHint}</Label>
      <Field
        label={words.token}
        value={text}
        onChangeText={setText}
        multiline
        numberOfLines={4}
        autoComplete="off"
        style={styles.token}
      />
      <Button
        kind={isOnlyWay ? 'main' : 'other'}
        text={words.signIn}
        onPress={() => onToken(text)}
        disabled={text.trim() === ''}
      />
    </>
  );
}

const styles = StyleSheet.create({ token: { minHeight: 96, textAlignVertical: 'top' } });
