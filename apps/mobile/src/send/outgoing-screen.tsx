// What became of one transfer: under way, its receipt, why it was refused, or that nobody knows yet. The
// last is the one that must never be answered by a second transfer: trying again repeats the key.
import { useSyncExternalStore } from 'react';
import { StyleSheet, View } from 'react-native';
import { useSession } from '../session/use-session.ts';
import { space } from '../theme.ts';
import { Button } from '../ui/button.tsx';
import { Facts, factsText, type Fact } from '../ui/facts.tsx';
import { BigNumber } from '../ui/big-number.tsx';
import { Label } from '../ui/label.tsx';
import { Screen } from '../ui/screen.tsx';
import { ShareButton } from '../ui/share-button.tsx';
import { amountText, errorText, moneyText, momentText, words } from '../words.ts';
import type { Outgoing } from './outbox.ts';

interface OutgoingProps {
  readonly transferKey: string;
  readonly onDone: () => void;
}

export function OutgoingScreen({ transferKey, onDone }: OutgoingProps) {
  const { outbox } = useSession();
  const list = useSyncExternalStore(outbox.listen, outbox.read, outbox.read);
  const outgoing = list.find(({ key }) => key === transferKey);
  if (outgoing === undefined) return null;
  const { key, draft, state } = outgoing;
  const amount = moneyText(draft.minor, draft.currency);
  // One that is refused has been seen now, and has nothing left to wait for.
  const leave = () => {
    if (state.step === 'refused') outbox.dismiss(key);
    onDone();
  };
  const facts: Fact[] = [
    [words.to, draft.destinationAccountId],
    [words.from, draft.sourceAccountId],
    [words.note, draft.narration],
    ...receiptFacts(outgoing),
  ];
  return (
    <Screen title={titleOf(state)} onBack={leave}>
      <View>
        <BigNumber text={amountText(draft.minor, draft.currency)} currency={draft.currency} />
        <Label role="status" aria-live="polite" tone={toneOf(state)}>
          {explanation(state)}
        </Label>
        <Facts facts={facts} />
      </View>
      <View style={styles.actions}>
        {state.step === 'posted' && (
          <ShareButton text={words.share} message={factsText(`${words.sent} ${amount}`, facts)} />
        )}
        {state.step === 'unknown' && (
          <Button text={words.tryAgain} onPress={() => outbox.retry(key)} />
        )}
        {state.step === 'unknown' && (
          <Button
            kind="other"
            text={words.giveUp}
            onPress={() => {
              outbox.dismiss(key);
              onDone();
            }}
          />
        )}
        <Button
          kind={state.step === 'unknown' ? 'bare' : 'main'}
          text={words.done}
          onPress={leave}
        />
      </View>
    </Screen>
  );
}

function titleOf(state: Outgoing['state']): string {
  if (state.step === 'posted') return words.receipt;
  if (state.step === 'refused') return words.refused;
  return state.step === 'sending' ? words.sending : words.unknown;
}

function toneOf({ step }: Outgoing['state']): 'good' | 'bad' | 'soft' {
  if (step === 'posted') return 'good';
  return step === 'refused' ? 'bad' : 'soft';
}

function explanation(state: Outgoing['state']): string {
  if (state.step === 'posted') return state.receipt.replayed ? words.alreadySent : words.sent;
  if (state.step === 'refused') return errorText(state.error);
  if (state.step === 'unknown') return words.unknownAdvice;
  return state.retrying === undefined ? words.sending : words.sendingOn;
}

function receiptFacts({ key, state }: Outgoing): Fact[] {
  if (state.step !== 'posted') return [[words.key, key]];
  return [
    [words.when, momentText(state.receipt.postedAt)],
    [words.reference, state.receipt.entryId],
    [words.key, key],
  ];
}

const styles = StyleSheet.create({ actions: { gap: space.m } });
