// An amount as large as there is room for, on one line: a number that is cut off or broken is another number.
import { StyleSheet, useWindowDimensions } from 'react-native';
import { columnMax, size, space, type Theme } from '../theme.ts';
import { currencyLabel } from '../words.ts';
import { Label } from './label.tsx';
import { useTextScale } from './text-scale.ts';

interface BigNumberProps {
  readonly text: string;
  readonly currency: string;
  readonly tone?: keyof Theme;
  /** In the middle of its line. */
  readonly centred?: boolean;
  readonly testID?: string;
}

/** The widest that a digit and a capital are, to the size of their font. */
const digitWidth = 0.64;
const capitalWidth = 0.76;
/** A number that has to be smaller than this to share its line with the currency has a line of its own. */
const sharedMin = 28;

export function BigNumber(props: BigNumberProps) {
  const { text, currency, tone = 'text', centred = false, testID } = props;
  const { width } = useWindowDimensions();
  const room = (Math.min(width, columnMax) - 2 * space.l) / useTextScale();
  const label = currencyLabel(currency);
  const fitting = (px: number) => Math.min(size.balance, px / (text.length * digitWidth));
  const shared = fitting(room - (label.length + 1) * capitalWidth * size.title);
  return (
    <Label
      of="balance"
      tone={tone}
      fontSize={shared >= sharedMin ? shared : fitting(room)}
      style={centred && styles.centred}
      testID={testID}
    >
      {text}{' '}
      <Label of="title" tone="soft">
        {label}
      </Label>
    </Label>
  );
}

const styles = StyleSheet.create({ centred: { textAlign: 'center' } });
