// An amount as one types it, a digit at a time, in the account's own currency. It takes no more decimals
// than the currency has.
import { Pressable, StyleSheet, View } from 'react-native';
import { decimalsOf } from '../../../../src/contracts/currencies.ts';
import { radius, space, useTheme } from '../theme.ts';
import { BigNumber } from '../ui/big-number.tsx';
import { Label } from '../ui/label.tsx';
import { words } from '../words.ts';

interface AmountPadProps {
  readonly text: string;
  readonly currency: string;
  readonly onText: (text: string) => void;
}

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '0', '⌫'] as const;
const digitsMax = 16;

export function AmountPad({ text, currency, onText }: AmountPadProps) {
  const theme = useTheme();
  const shown = text === '' ? '0' : grouped(text);
  return (
    <View style={styles.pad}>
      <View
        style={styles.amount}
        accessible
        role="status"
        aria-live="polite"
        aria-label={`${words.amount}: ${shown} ${currency}`}
      >
        <BigNumber text={shown} currency={currency} tone={text === '' ? 'soft' : 'text'} centred />
      </View>
      <View style={styles.keys}>
        {keys.map((key) =>
          key === '.' && decimalsOf(currency) === 0 ? (
            // A point that is passed over would make 15 of what was meant as 1.5.
            <View key={key} style={styles.key} />
          ) : (
            <Pressable
              key={key}
              role="button"
              aria-label={key === '⌫' ? words.deleteDigit : key === '.' ? words.point : key}
              onPress={() => onText(press(text, key, currency))}
              style={({ pressed }) => [
                styles.key,
                { backgroundColor: pressed ? theme.pressed : theme.raised },
              ]}
            >
              <Label of="title">{key}</Label>
            </Pressable>
          ),
        )}
      </View>
    </View>
  );
}

/** What stands there after a key: as it was, where the key makes no amount. */
export function press(text: string, key: string, currency: string): string {
  if (key === '⌫') return text.slice(0, -1);
  const decimals = decimalsOf(currency) ?? 0;
  if (key === '.') return decimals === 0 || text.includes('.') ? text : `${text || '0'}.`;
  const fraction = text.split('.')[1];
  if (fraction !== undefined && fraction.length >= decimals) return text;
  if (text.length >= digitsMax) return text;
  return text === '0' ? key : text + key;
}

/** "1250.5" as "1,250.5": what is being typed has no fixed number of decimals. */
function grouped(text: string): string {
  const [whole = '', ...fraction] = text.split('.');
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...fraction].join('.');
}

const styles = StyleSheet.create({
  pad: { gap: space.l },
  amount: { alignItems: 'center' },
  keys: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
  key: {
    flexGrow: 1,
    flexBasis: '30%',
    minHeight: 56,
    alignItems: 'center',
    justifyContent: 'center',
    borderRadius: radius,
  },
});
