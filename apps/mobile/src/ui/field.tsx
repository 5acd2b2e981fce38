// A labelled field; what is wrong with it stands under it and is read out. The one for a search carries its name inside.
import { StyleSheet, TextInput, View, type TextInputProps } from 'react-native';
import { control, radius, size, space, useTheme } from '../theme.ts';
import { Label } from './label.tsx';
import { textScale } from './text-scale.ts';

interface FieldProps extends TextInputProps {
  readonly label: string;
  /** What belongs in it. */
  readonly hint?: string;
  readonly fault?: string | undefined;
}

export function Field({ label, hint, fault, style, ...rest }: FieldProps) {
  const theme = useTheme();
  const colors = useColors();
  return (
    <View style={styles.field}>
      <Label of="small" tone="soft">
        {label}
      </Label>
      {hint !== undefined && (
        <Label of="small" tone="soft">
          {hint}
        </Label>
      )}
      <TextInput
        aria-label={label}
        autoCapitalize="none"
        autoCorrect={false}
        {...rest}
        style={[styles.input, colors, fault !== undefined && { borderColor: theme.bad }, style]}
      />
      {fault !== undefined && (
        <Label of="small" tone="bad" role="alert">
          {fault}
        </Label>
      )}
    </View>
  );
}

type SearchFieldProps = Pick<FieldProps, 'label' | 'placeholder' | 'value' | 'onChangeText'>;

export function SearchField({ label, ...rest }: SearchFieldProps) {
  const theme = useTheme();
  return (
    <TextInput
      {...rest}
      aria-label={label}
      placeholderTextColor={theme.soft}
      autoCapitalize="none"
      autoCorrect={false}
      inputMode="search"
      returnKeyType="search"
      clearButtonMode="while-editing"
      style={[styles.input, useColors()]}
    />
  );
}

function useColors() {
  const { text, edge, accent } = useTheme();
  return { color: text, borderColor: edge, outlineColor: accent };
}

const styles = StyleSheet.create({
  field: { gap: space.xs },
  input: {
    minHeight: control,
    paddingHorizontal: space.m,
    paddingVertical: space.s,
    borderWidth: 1,
    borderRadius: radius,
    fontSize: size.text * textScale,
  },
});
