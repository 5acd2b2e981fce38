// A screen: its heading, the way back, and what is on it, away from notches and no wider than a hand.
import { useEffect, type ReactNode } from 'react';
import { BackHandler, ScrollView, StyleSheet, View } from 'react-native';
import { SafeAreaView } from 'react-native-safe-area-context';
import { control, space, useTheme } from '../theme.ts';
import { words } from '../words.ts';
import { Button } from './button.tsx';
import { Label } from './label.tsx';

interface ScreenProps {
  readonly title: string;
  readonly onBack?: (() => void) | undefined;
  /** Beside the title. */
  readonly aside?: ReactNode;
  /** The children scroll by themselves. */
  readonly scrolls?: boolean;
  readonly children: ReactNode;
}

export function Screen({ title, onBack, aside, scrolls = false, children }: ScreenProps) {
  const theme = useTheme();
  useBackKey(onBack);
  return (
    <SafeAreaView role="main" style={[styles.screen, { backgroundColor: theme.page }]}>
      <View style={styles.column}>
        <View style={styles.head}>
          {onBack && <Button kind="bare" text={words.back} onPress={onBack} />}
          <View style={styles.title}>
            <Label of="title" role="heading" aria-level={1} strong numberOfLines={1}>
              {title}
            </Label>
          </View>
          {aside}
        </View>
        {scrolls ? (
          children
        ) : (
          <ScrollView keyboardShouldPersistTaps="handled" contentContainerStyle={styles.content}>
            {children}
          </ScrollView>
        )}
      </View>
    </SafeAreaView>
  );
}

/** Android's own way back. */
function useBackKey(onBack: (() => void) | undefined): void {
  useEffect(() => {
    if (onBack === undefined) return undefined;
    const subscription = BackHandler.addEventListener('hardwareBackPress', () => {
      onBack();
      return true;
    });
    return () => subscription.remove();
  }, [onBack]);
}

const styles = StyleSheet.create({
  screen: { flex: 1, alignItems: 'center' },
  column: { flex: 1, width: '100%', maxWidth: 480 },
  head: {
    minHeight: control + space.m,
    paddingHorizontal: space.s,
    flexDirection: 'row',
    alignItems: 'center',
  },
  title: { flex: 1, paddingHorizontal: space.s },
  content: { padding: space.l, paddingTop: space.s, gap: space.l },
});
