// A line of a list: a title with its detail, and a value on the right. A screen reader reads it as it
// stands there.
import { Pressable, StyleSheet, View } from 'react-native';
import { control, space, useTheme, type Theme } from '../theme.ts';
import { Glow } from './glow.tsx';
import { Label } from './label.tsx';
import { largeText, useTextScale } from './text-scale.ts';

interface RowProps {
  readonly title: string;
  readonly detail?: string | undefined;
  readonly detailTone?: keyof Theme;
  readonly value?: string | undefined;
  readonly valueTone?: keyof Theme;
  /** Kept from the screen reader as well. */
  readonly valueHidden?: boolean;
  /** It has just come, or changed. */
  readonly isNews?: boolean;
  readonly onPress: () => void;
}

export function Row(props: RowProps) {
  const { title, detail, detailTone = 'soft', value, valueTone = 'text' } = props;
  const { valueHidden, isNews, onPress } = props;
  const theme = useTheme();
  const isLarge = useTextScale() >= largeText;
  return (
    <Pressable
      role="button"
      onPress={onPress}
      style={({ pressed }) => [
        styles.row,
        isLarge && styles.largeRow,
        { borderColor: theme.line, backgroundColor: pressed ? theme.pressed : 'transparent' },
      ]}
    >
      {isNews === true && <Glow />}
      <View style={!isLarge && styles.words}>
        <Label>{title}</Label>
        {detail !== undefined && detail !== '' && (
          <Label of="small" tone={detailTone}>
            {detail}
          </Label>
        )}
      </View>
      {value !== undefined && (
        <Label tone={valueTone} style={styles.value} aria-hidden={valueHidden === true}>
          {value}
        </Label>
      )}
    </Pressable>
  );
}

const styles = StyleSheet.create({
  row: {
    minHeight: control + space.l,
    paddingHorizontal: space.l,
    paddingVertical: space.s,
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.m,
    borderBottomWidth: StyleSheet.hairlineWidth,
  },
  largeRow: { flexDirection: 'column', alignItems: 'stretch', gap: space.xs },
  words: { flex: 1, gap: 2 },
  value: { textAlign: 'right' },
});
