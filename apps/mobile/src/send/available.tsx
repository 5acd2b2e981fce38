// What there is to send from, and how current that is.
import type { LiveBalance } from '@atlas/client';
import { View } from 'react-native';
import { hiddenAmount, useHidden } from '../home/use-hidden.ts';
import { useStateWords } from '../live/use-live.ts';
import { Label } from '../ui/label.tsx';
import { moneyText, words } from '../words.ts';

export function Available({ live }: { readonly live: LiveBalance }) {
  const { balance, freshness } = live;
  const hidden = useHidden();
  const { tone, text } = useStateWords(live);
  const known =
    balance === undefined
      ? words.unknownAmount
      : moneyText(balance.availableMinor, balance.currency);
  return (
    <View>
      <Label tone={freshness === 'live' ? 'text' : 'soft'}>
        {words.available}:{' '}
        <Label tone={freshness === 'live' ? 'text' : 'soft'} aria-hidden={hidden}>
          {hidden ? hiddenAmount : known}
        </Label>
      </Label>
      <Label of="small" tone={tone} role="status" aria-live="polite">
        {text}
      </Label>
    </View>
  );
}
