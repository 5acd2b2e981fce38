// Ask for money: a link that opens Send, filled in, for whoever gets it. Nothing is stored anywhere; the
// link is the whole request.
import { useState } from 'react';
import { limits } from '../limits.ts';
import { requestLink } from '../links.ts';
import { useLiveBalance } from '../live/use-live.ts';
import { AmountPad } from '../send/amount-pad.tsx';
import { Field } from '../ui/field.tsx';
import { Label } from '../ui/label.tsx';
import { Screen } from '../ui/screen.tsx';
import { ShareButton } from '../ui/share-button.tsx';
import { words } from '../words.ts';
import { parseAmount } from '../../../../src/contracts/amount-text.ts';

interface RequestProps {
  readonly accountId: string;
  readonly onBack: () => void;
}

export function RequestScreen({ accountId, onBack }: RequestProps) {
  const currency = useLiveBalance(accountId).balance?.currency;
  const [text, setText] = useState('');
  const [note, setNote] = useState('');
  const minor = currency === undefined ? undefined : parseAmount(text, currency).minor;
  const link = requestLink({
    to: accountId,
    ...(minor === undefined || currency === undefined ? {} : { minor, currency }),
    note: note.trim(),
  });
  return (
    <Screen title={words.request} onBack={onBack}>
      {currency !== undefined && <AmountPad text={text} currency={currency} onText={setText} />}
      <Field
        label={words.note}
        hint={words.noteHint}
        value={note}
        onChangeText={setNote}
        autoCapitalize="sentences"
        maxLength={limits.narrationMax}
      />
      <Label tone="soft">{words.requestHint}</Label>
      <Label of="small" selectable testID="request-link">
        {link}
      </Label>
      <ShareButton kind="main" text={words.shareRequest} message={link} />
    </Screen>
  );
}
