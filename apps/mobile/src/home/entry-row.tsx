// One line of the feed: with whom, what for, how much. Money in has a plus and not only a colour.
import type { Entry } from '@atlas/client';
import { amountText, timeText } from '../words.ts';
import { Row } from '../ui/row.tsx';
import { hiddenAmount, useHidden } from './use-hidden.ts';

interface EntryRowProps {
  readonly entry: Entry;
  readonly currency: string;
  readonly isNews: boolean;
  readonly onPress: () => void;
}

export function EntryRow({ entry, currency, isNews, onPress }: EntryRowProps) {
  const hidden = useHidden();
  const { counterpartyAccountId, narration, amountMinor, postedAt } = entry;
  const isIn = amountMinor > 0n;
  const detail = [narration, timeText(postedAt)].filter(Boolean).join(' · ');
  return (
    <Row
      title={counterpartyAccountId}
      detail={detail}
      value={hidden ? hiddenAmount : amountText(amountMinor, currency, true)}
      valueTone={hidden ? 'soft' : isIn ? 'good' : 'text'}
      valueHidden={hidden}
      isNews={isNews}
      onPress={onPress}
    />
  );
}
