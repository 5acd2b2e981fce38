// One entry in full, to be shared.
import type { Entry } from '@atlas/client';
import { View } from 'react-native';
import { Facts, factsText, type Fact } from '../ui/facts.tsx';
import { BigNumber } from '../ui/big-number.tsx';
import { Screen } from '../ui/screen.tsx';
import { ShareButton } from '../ui/share-button.tsx';
import { amountText, moneyText, momentText, words } from '../words.ts';
import { useHidden } from './use-hidden.ts';

interface EntryScreenProps {
  readonly entry: Entry;
  readonly currency: string;
  readonly onBack: () => void;
}

export function EntryScreen({ entry, currency, onBack }: EntryScreenProps) {
  const { amountMinor, counterpartyAccountId, narration, postedAt, balanceAfterMinor } = entry;
  const amount = moneyText(amountMinor, currency, true);
  const hidden = useHidden();
  const facts: Fact[] = [
    [amountMinor > 0n ? words.from : words.to, counterpartyAccountId],
    [words.note, narration ?? undefined],
    [words.when, momentText(postedAt)],
    [words.balanceAfter, hidden ? undefined : moneyText(balanceAfterMinor, currency)],
    [words.reference, entry.entryId],
  ];
  return (
    <Screen title={words.entry} onBack={onBack}>
      <View>
        <BigNumber
          text={amountText(amountMinor, currency, true)}
          currency={currency}
          tone={amountMinor > 0n ? 'good' : 'text'}
        />
        <Facts facts={facts} />
      </View>
      <ShareButton
        text={words.share}
        message={factsText(
          amount,
          facts.filter(([name]) => name !== words.balanceAfter),
        )}
      />
    </Screen>
  );
}
