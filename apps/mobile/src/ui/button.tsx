// One thing to press. A `main` one is what the screen is for; there is one of it at most.
import { ActivityIndicator, Pressable, StyleSheet } from 'react-native';
import { control, radius, space, useTheme } from '../theme.ts';
import { Label } from './label.tsx';

interface ButtonProps {
  readonly text: string;
  readonly onPress: () => void;
  readonly kind?: 'main' | 'other' | 'bare';
  readonly disabled?: boolean;
  readonly busy?: boolean;
  /** What a screen reader says, where the text alone does not tell. */
  readonly label?: string;
}

export function Button({ text, onPress, kind = 'main', disabled, busy, label }: ButtonProps) {
  const theme = useTheme();
  const ground = { main: theme.accent, other: theme.raised, bare: 'transparent' }[kind];
  const pressed = { main: theme.accentPressed, other: theme.pressed, bare: theme.pressed }[kind];
  const tone = ({ main: 'onAccent', other: 'text', bare: 'accentText' } as const)[kind];
  const isOff = disabled === true || busy === true;
  return (
    <Pressable
      role="button"
      aria-label={label ?? text}
      aria-busy={busy === true}
      disabled={isOff}
      onPress={onPress}
      style={(state) => [
        styles.button,
        { backgroundColor: state.pressed ? pressed : ground },
        kind === 'other' && { borderColor: theme.edge, borderWidth: StyleSheet.hairlineWidth },
        disabled === true && styles.off,
      ]}
    >
      {busy === true && <ActivityIndicator color={theme[tone]} />}
      <Label tone={tone} strong={kind !== 'bare'}>
        {text}
      </Label>
    </Pressable>
  );
}

const styles = StyleSheet.create({
  button: {
    minHeight: control + 4,
    paddingHorizontal: space.l,
    paddingVertical: space.s,
    borderRadius: radius,
    flexDirection: 'row',
    gap: space.s,
    alignItems: 'center',
    justifyContent: 'center',
  },
  off: { opacity: 0.5 },
});
