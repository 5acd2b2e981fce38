// One thing to press. A `main` one is what the screen is for; there is one of it at most.
import { ActivityIndicator, Pressable, StyleSheet } from 'react-native';
import { control, radius, space, useTheme } from '../theme.ts';
import { Label } from './label.tsx';
import { useReducedMotion } from './use-reduced-motion.ts';

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
        isOff && styles.off,
      ]}
    >
      {busy === true && <Spinner color={theme[tone]} />}
      <Label tone={tone} strong={kind !== 'bare'} style={styles.text}>
        {text}
      </Label>
    </Pressable>
  );
}

/** Nothing turns where things are to stand still; the button is dim, and says that it is busy. */
function Spinner({ color }: { readonly color: string }) {
  return useReducedMotion() ? null : <ActivityIndicator color={color} />;
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
  text: { textAlign: 'center', flexShrink: 1, minWidth: 0 },
  off: { opacity: 0.5 },
});
