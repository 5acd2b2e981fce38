// Lights up what it stands in, once, so that the eye finds in a list what has just changed. Where things are to stand
// still it does not.
import { useEffect, useState } from 'react';
import { Animated, Platform, StyleSheet } from 'react-native';
import { useTheme } from '../theme.ts';
import { useReducedMotion } from './use-reduced-motion.ts';

export const glowMs = 600;

export function Glow() {
  const still = useReducedMotion();
  const theme = useTheme();
  const [opacity] = useState(() => new Animated.Value(1));
  useEffect(() => {
    if (still) return undefined;
    const fading = Animated.timing(opacity, {
      toValue: 0,
      duration: glowMs,
      useNativeDriver: Platform.OS !== 'web',
    });
    fading.start();
    return () => fading.stop();
  }, [still, opacity]);
  if (still) return null;
  return (
    <Animated.View
      testID="glow"
      pointerEvents="none"
      style={[StyleSheet.absoluteFill, { backgroundColor: theme.glow, opacity }]}
    />
  );
}
