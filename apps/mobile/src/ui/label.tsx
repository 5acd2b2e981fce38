// Text in the sizes and tones of the app. It grows with the size that the person has set; figures are
// tabular, so that amounts stand in columns.
import { StyleSheet, Text, type TextProps } from 'react-native';
import { size, useTheme, type Theme } from '../theme.ts';
import { textScale } from './text-scale.ts';

interface LabelProps extends TextProps {
  readonly of?: 'small' | 'text' | 'title' | 'balance';
  readonly tone?: keyof Theme;
  readonly strong?: boolean;
  /** Instead of that of `of`. */
  readonly fontSize?: number;
}

export function Label(props: LabelProps) {
  const { of = 'text', tone = 'text', strong = false, fontSize = size[of], style, ...rest } = props;
  const theme = useTheme();
  const scaled = fontSize * textScale;
  return (
    <Text
      {...rest}
      style={[
        styles.base,
        { color: theme[tone], fontSize: scaled, lineHeight: Math.round(scaled * 1.35) },
        strong && styles.strong,
        style,
      ]}
    />
  );
}

const styles = StyleSheet.create({
  base: { fontVariant: ['tabular-nums'] },
  strong: { fontWeight: '600' },
});
