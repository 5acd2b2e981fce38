// One number and how far it can be trusted. What is not live is grey and says from when it is; what is
// not known is said to be unknown, and never 0. A tap hides it from whoever looks over the shoulder.
import type { LiveBalance } from '@atlas/client';
import { Pressable, StyleSheet, View } from 'react-native';
import { useStateWords } from '../live/use-live.ts';
import { control, space, useTheme } from '../theme.ts';
import { BigNumber } from '../ui/big-number.tsx';
import { Label } from '../ui/label.tsx';
import { useCountUp } from '../ui/use-count-up.ts';
import { useNow } from '../ui/use-now.ts';
import { ageText, amountText, currencyLabel, moneyText, words, type Tone } from '../words.ts';
import { hiddenAmount, useHidden } from './use-hidden.ts';

interface BalanceProps {
  readonly live: LiveBalance;
  readonly onToggle: () => void;
}

export function Balance({ live, onToggle }: BalanceProps) {
  const hidden = useHidden();
  const { balance, freshness } = live;
  const shown = useCountUp(balance?.availableMinor);
  const tone = freshness === 'live' ? 'text' : 'soft';
  return (
    <View style={styles.balance}>
      <Label of="small" tone="soft">
        {words.available}
      </Label>
      {balance === undefined || shown === undefined ? (
        <Label of="title" tone="soft">
          {words.unknownAmount}
        </Label>
      ) : (
        <Pressable
          role="button"
          aria-label={
            hidden
              ? `${currencyLabel(balance.currency)}. ${words.showBalance}`
              : `${moneyText(balance.availableMinor, balance.currency)}. ${words.hideBalance}`
          }
          onPress={onToggle}
          style={styles.number}
        >
          <BigNumber
            text={hidden ? hiddenAmount : amountText(shown, balance.currency)}
            currency={balance.currency}
            tone={tone}
            centred
            testID="balance"
          />
        </Pressable>
      )}
      <State live={live} />
      {balance !== undefined && balance.pendingMinor !== 0n && !hidden && (
        <Label of="small" tone="soft">
          {words.booked} {moneyText(balance.bookedMinor, balance.currency)} · {words.reserved}{' '}
          {moneyText(balance.pendingMinor, balance.currency)}
        </Label>
      )}
    </View>
  );
}

const dots = { good: 'goodDot', wait: 'waitDot', bad: 'badDot' } as const satisfies Record<
  Tone,
  string
>;

/** Only the words are read out; an age that ticks inside would be, every second. */
function State({ live }: { readonly live: LiveBalance }) {
  const theme = useTheme();
  const { tone, text, advice } = useStateWords(live);
  const { balance, freshness, asOfMs } = live;
  const isOld = freshness !== 'live' && balance !== undefined && asOfMs !== undefined;
  const nowMs = useNow(isOld);
  return (
    <View style={styles.state}>
      <View style={styles.line}>
        <View style={[styles.dot, { backgroundColor: theme[dots[tone]] }]} />
        <Label
          of="small"
          tone={tone}
          strong
          role="status"
          aria-live="polite"
          style={styles.centred}
        >
          {text}
        </Label>
        <Label of="small" tone="soft">
          {isOld && `${ageText(nowMs - asOfMs)} · `}
          {balance !== undefined && `v${balance.version}`}
        </Label>
      </View>
      {advice !== undefined && (
        <Label of="small" tone="soft" style={styles.centred}>
          {advice}
        </Label>
      )}
    </View>
  );
}

const styles = StyleSheet.create({
  balance: { alignItems: 'center', gap: space.xs, padding: space.l },
  number: {
    minHeight: control,
    maxWidth: '100%',
    justifyContent: 'center',
  },
  state: { alignItems: 'center', gap: 2 },
  line: {
    flexDirection: 'row',
    flexWrap: 'wrap',
    alignItems: 'center',
    justifyContent: 'center',
    gap: space.s,
  },
  dot: { width: 8, height: 8, borderRadius: 4 },
  centred: { textAlign: 'center' },
});
