// How much, in the account's own currency, and what for.
import type { LiveBalance } from '@atlas/client';
import { useState } from 'react';
import { parseAmount } from '../../../../src/contracts/amount-text.ts';
import { limits } from '../limits.ts';
import type { Prefill } from '../links.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Label } from '../ui/label.tsx';
import { amountFaultText, words } from '../words.ts';
import { AmountPad } from './amount-pad.tsx';
import { Available } from './available.tsx';

interface AmountStepProps {
  readonly live: LiveBalance;
  readonly currency: string;
  readonly prefill: Prefill | undefined;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly note: string;
  readonly onNote: (note: string) => void;
  readonly onNext: () => void;
}

export function AmountStep(props: AmountStepProps) {
  const { live, currency, prefill, text, onText, note, onNote, onNext } = props;
  const [fault, setFault] = useState<string>();
  const next = () => {
    const { fault } = parseAmount(text, currency);
    if (fault === undefined) onNext();
    else setFault(amountFaultText(fault, currency));
  };
  const asked = prefill?.currency;
  return (
    <>
      {prefill !== undefined && <Label tone="wait">{words.prefilled}</Label>}
      {asked !== undefined && asked !== currency && (
        <Label tone="bad">{words.wrongCurrency(asked)}</Label>
      )}
      <AmountPad text={text} currency={currency} onText={onText} />
      {fault !== undefined && (
        <Label of="small" tone="bad" role="alert">
          {fault}
        </Label>
      )}
      <Available live={live} />
      <Field
        label={words.note}
        hint={words.noteHint}
        value={note}
        onChangeText={onNote}
        autoCapitalize="sentences"
        maxLength={limits.narrationMax}
      />
      <Button text={words.next} onPress={next} />
    </>
  );
}
