// Send in three steps: to whom, how much, and a last look. Nothing is sent before the last one.
import { useState } from 'react';
import type { Prefill } from '../links.ts';
import { useLiveBalance } from '../live/use-live.ts';
import { Screen } from '../ui/screen.tsx';
import { amountText, words } from '../words.ts';
import { AmountStep } from './amount-step.tsx';
import { Available } from './available.tsx';
import { ConfirmStep } from './confirm-step.tsx';
import { RecipientStep } from './recipient-step.tsx';

interface SendProps {
  readonly accountId: string;
  readonly prefill: Prefill | undefined;
  /** With the transfer's key. */
  readonly onSent: (key: string) => void;
  readonly onBack: () => void;
}

type Step = 'recipient' | 'amount' | 'confirm';

export function SendScreen({ accountId, prefill, onSent, onBack }: SendProps) {
  const live = useLiveBalance(accountId);
  const [step, setStep] = useState<Step>(prefill === undefined ? 'recipient' : 'amount');
  const [to, setTo] = useState(prefill?.to ?? '');
  const [note, setNote] = useState(prefill?.note ?? '');
  const [typed, setTyped] = useState<string>();
  const currency = live.balance?.currency;

  if (step === 'recipient') {
    return (
      <Screen title={words.send} onBack={onBack}>
        <RecipientStep
          accountId={accountId}
          to={to}
          onTo={setTo}
          onNext={() => setStep('amount')}
        />
      </Screen>
    );
  }
  // Without a balance there is no currency to send in.
  if (currency === undefined) {
    return (
      <Screen title={words.send} onBack={onBack}>
        <Available live={live} />
      </Screen>
    );
  }
  const text = typed ?? askedText(prefill, currency);
  if (step === 'amount') {
    return (
      <Screen
        title={to.trim()}
        onBack={prefill === undefined ? () => setStep('recipient') : onBack}
      >
        <AmountStep
          live={live}
          currency={currency}
          prefill={prefill}
          text={text}
          onText={setTyped}
          note={note}
          onNote={setNote}
          onNext={() => setStep('confirm')}
        />
      </Screen>
    );
  }
  return (
    <Screen title={words.confirm} onBack={() => setStep('amount')}>
      <ConfirmStep
        live={live}
        currency={currency}
        from={accountId}
        to={to.trim()}
        text={text}
        note={note.trim()}
        onSent={onSent}
      />
    </Screen>
  );
}

/** What a link asks for, as it would be typed; nothing where that is in another currency. */
function askedText(prefill: Prefill | undefined, currency: string): string {
  if (prefill?.minor === undefined || prefill.currency !== currency) return '';
  return amountText(prefill.minor, currency).replaceAll(',', '');
}
