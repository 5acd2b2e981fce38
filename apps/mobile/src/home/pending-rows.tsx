// What this phone has sent and the feed does not have yet, above the days. The balance is left alone
// until the book has moved it.
import type { Entry } from '@atlas/client';
import { View } from 'react-native';
import { type Outgoing } from '../send/outbox.ts';
import { Label } from '../ui/label.tsx';
import { Row } from '../ui/row.tsx';
import { amountText, words } from '../words.ts';
import { sectionTitle } from './section-title.ts';
import { hiddenAmount, useHidden } from './use-hidden.ts';

interface PendingRowsProps {
  readonly outgoing: readonly Outgoing[];
  readonly onOpen: (key: string) => void;
}

export function PendingRows({ outgoing, onOpen }: PendingRowsProps) {
  const hidden = useHidden();
  if (outgoing.length === 0) return null;
  return (
    <View>
      <Label of="small" tone="soft" role="heading" aria-level={2} strong style={sectionTitle}>
        {words.pending}
      </Label>
      {outgoing.map(({ key, draft, state }) => {
        return (
          <Row
            key={key}
            title={draft.destinationAccountId}
            detail={stateWord(state)}
            detailTone={state.step === 'refused' ? 'bad' : 'wait'}
            value={hidden ? hiddenAmount : amountText(-draft.minor, draft.currency)}
            valueTone="soft"
            valueHidden={hidden}
            onPress={() => onOpen(key)}
          />
        );
      })}
    </View>
  );
}

/** Of this account, without what the feed has already. */
export function pendingOf(
  outgoing: readonly Outgoing[],
  accountId: string,
  rows: readonly Entry[],
): readonly Outgoing[] {
  const known = new Set(rows.map(({ entryId }) => entryId));
  return outgoing.filter(
    ({ draft, state }) =>
      draft.sourceAccountId === accountId &&
      !(state.step === 'posted' && known.has(state.receipt.entryId)),
  );
}

function stateWord(state: Outgoing['state']): string {
  if (state.step === 'sending') return state.retrying === undefined ? words.sending : words.unknown;
  if (state.step === 'posted') return words.sent;
  return state.step === 'refused' ? words.refused : words.unknown;
}
