// A labelled field; what is wrong with it stands under it and is read out.
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
        style={[
          styles.input,
          { color: theme.text, borderColor: fault ? theme.bad : theme.edge },
          style,
        ]}
      />
      {fault !== undefined && (
        <Label of="small" tone="bad" role="alert">
          {fault}
        </Label>
      )}
    </View>
  );
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
