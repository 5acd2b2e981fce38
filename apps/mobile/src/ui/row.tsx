// A line of a list: a title with its detail, and a value on the right. A screen reader reads it as it
// stands there.
import { Pressable, StyleSheet, View } from 'react-native';
import { control, space, useTheme, type Theme } from '../theme.ts';
import { Label } from './label.tsx';

interface RowProps {
  readonly title: string;
  readonly detail?: string | undefined;
  readonly detailTone?: keyof Theme;
  readonly value?: string;
  readonly valueTone?: keyof Theme;
  /** Kept from the screen reader as well. */
  readonly valueHidden?: boolean;
  readonly onPress: () => void;
}

export function Row(props: RowProps) {
  const { title, detail, detailTone = 'soft', value, valueTone, valueHidden, onPress } = props;
  const theme = useTheme();
  return (
    <Pressable
      role="button"
      onPress={onPress}
      style={({ pressed }) => [
        styles.row,
        { borderColor: theme.line, backgroundColor: pressed ? theme.pressed : 'transparent' },
      ]}
    >
      <View style={styles.words}>
        <Label numberOfLines={1}>{title}</Label>
        {detail !== undefined && detail !== '' && (
          <Label of="small" tone={detailTone}>
            {detail}
          </Label>
        )}
      </View>
      {value !== undefined && (
        <Label tone={valueTone ?? 'text'} style={styles.value} aria-hidden={valueHidden === true}>
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
  words: { flex: 1, gap: 2 },
  value: { textAlign: 'right' },
});
