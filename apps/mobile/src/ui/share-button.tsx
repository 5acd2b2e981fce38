// Hands a text to whatever the device shares with. A browser that cannot share copies it, and says so.
import { useState } from 'react';
import { Platform, Share } from 'react-native';
import { words } from '../words.ts';
import { Button } from './button.tsx';

interface ShareButtonProps {
  readonly text: string;
  readonly message: string;
  readonly kind?: 'main' | 'other';
}

export function ShareButton({ text, message, kind = 'other' }: ShareButtonProps) {
  const [copied, setCopied] = useState(false);
  const share = () => {
    if (Platform.OS === 'web' && navigator.share === undefined) {
      navigator.clipboard.writeText(message).then(
        () => setCopied(true),
        () => undefined,
      );
    } else {
      // Not sharing after all is no fault.
      Share.share({ message }).catch(() => undefined);
    }
  };
  return <Button kind={kind} text={copied ? words.copied : text} onPress={share} />;
}
