// Text in the sizes and tones of the app. It grows with the size that the person has set; figures are
// tabular, so that amounts stand in columns.
import { StyleSheet, Text, type TextProps } from 'react-native';
import { size, useTheme, type Theme } from '../theme.ts';

interface LabelProps extends TextProps {
  readonly of?: 'small' | 'text' | 'title' | 'balance';
  readonly tone?: keyof Theme;
  readonly strong?: boolean;
}

export function Label({ of = 'text', tone = 'text', strong = false, style, ...rest }: LabelProps) {
  const theme = useTheme();
  return (
    <Text
      {...rest}
      style={[
        styles.base,
        { color: theme[tone], fontSize: size[of], lineHeight: Math.round(size[of] * 1.35) },
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
