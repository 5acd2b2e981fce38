// One line of the feed: with whom, what for, how much. Money in has a plus and not only a colour.
import type { Entry } from '@atlas/client';
import { amountText, timeText } from '../words.ts';
import { Row } from '../ui/row.tsx';

interface EntryRowProps {
  readonly entry: Entry;
  readonly currency: string;
  readonly hidden: boolean;
  readonly onPress: () => void;
}

export function EntryRow({ entry, currency, hidden, onPress }: EntryRowProps) {
  const { counterpartyAccountId, narration, amountMinor, postedAt } = entry;
  const isIn = amountMinor > 0n;
  const detail = [narration, timeText(postedAt)].filter(Boolean).join(' · ');
  return (
    <Row
      title={counterpartyAccountId}
      detail={detail}
      value={hidden ? '••••' : amountText(amountMinor, currency, true)}
      valueTone={hidden ? 'soft' : isIn ? 'good' : 'text'}
      valueHidden={hidden}
      onPress={onPress}
    />
  );
}
