// The last look: what goes where, and that nothing is added. Pressing Send makes the transfer's key.
import type { LiveBalance } from '@atlas/client';
import { useState } from 'react';
import { View } from 'react-native';
import { parseAmount } from '../../../../src/contracts/amount-text.ts';
import { useSession } from '../session/use-session.ts';
import { Button } from '../ui/button.tsx';
import { Facts } from '../ui/facts.tsx';
import { BigNumber } from '../ui/big-number.tsx';
import { Label } from '../ui/label.tsx';
import { amountText, moneyText, words } from '../words.ts';
import { Available } from './available.tsx';

interface ConfirmStepProps {
  readonly live: LiveBalance;
  readonly currency: string;
  readonly from: string;
  readonly to: string;
  /** An amount, checked by the step before. */
  readonly text: string;
  readonly note: string;
  readonly onSent: (key: string) => void;
}

export function ConfirmStep({ live, currency, from, to, text, note, onSent }: ConfirmStepProps) {
  const { outbox } = useSession();
  const [isFull, setIsFull] = useState(false);
  const minor = parseAmount(text, currency).minor ?? 0n;
  const amount = moneyText(minor, currency);
  const send = () => {
    const key = outbox.send({
      sourceAccountId: from,
      destinationAccountId: to,
      minor,
      currency,
      ...(note === '' ? {} : { narration: note }),
    });
    if (key === undefined) setIsFull(true);
    else onSent(key);
  };
  return (
    <>
      <View>
        <BigNumber text={amountText(minor, currency)} currency={currency} />
        <Facts
          facts={[
            [words.to, to],
            [words.from, from],
            [words.note, note || undefined],
          ]}
        />
      </View>
      <Label tone="soft">{words.noFee}</Label>
      <Available live={live} />
      {isFull && (
        <Label tone="bad" role="alert">
          {words.tooManyOpen}
        </Label>
      )}
      <Button text={`${words.send} ${amount}`} onPress={send} />
    </>
  );
}
