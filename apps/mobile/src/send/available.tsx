// What there is to send from, and how current that is.
import type { LiveBalance } from '@atlas/client';
import { View } from 'react-native';
import { useStateWords } from '../live/use-live.ts';
import { Label } from '../ui/label.tsx';
import { moneyText, words } from '../words.ts';

export function Available({ live }: { readonly live: LiveBalance }) {
  const { balance, freshness } = live;
  const { tone, text } = useStateWords(live);
  return (
    <View>
      <Label tone={freshness === 'live' ? 'text' : 'soft'}>
        {words.available}:{' '}
        {balance === undefined
          ? words.unknownAmount
          : moneyText(balance.availableMinor, balance.currency)}
      </Label>
      <Label of="small" tone={tone} role="status" aria-live="polite">
        {text}
      </Label>
    </View>
  );
}
