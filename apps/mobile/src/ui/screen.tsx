// A screen: its heading, the way back, and what is on it, away from notches and no wider than a hand.
import { useEffect, type ReactNode } from 'react';
import { BackHandler, ScrollView, StyleSheet, View } from 'react-native';
import { SafeAreaView } from 'react-native-safe-area-context';
import { columnMax, control, space, useTheme } from '../theme.ts';
import { words } from '../words.ts';
import { Button } from './button.tsx';
import { Label } from './label.tsx';
import { largeText, useTextScale } from './text-scale.ts';

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
  const isLarge = useTextScale() >= largeText;
  useBackKey(onBack);
  return (
    <SafeAreaView role="main" style={[styles.screen, { backgroundColor: theme.page }]}>
      <View style={styles.column}>
        <View style={styles.head}>
          {onBack && <Button kind="bare" text={words.back} onPress={onBack} />}
          <View style={[styles.title, onBack && styles.afterBack, isLarge && styles.largeTitle]}>
            <Label of="title" role="heading" aria-level={1} strong>
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
  column: { flex: 1, width: '100%', maxWidth: columnMax },
  head: {
    minHeight: control + space.m,
    flexDirection: 'row',
    flexWrap: 'wrap',
    alignItems: 'center',
    alignContent: 'center',
  },
  // What does not fit beside it goes below.
  title: { flexGrow: 1, flexShrink: 1, flexBasis: '40%', paddingHorizontal: space.l },
  afterBack: { paddingLeft: 0 },
  largeTitle: { flexBasis: '100%', paddingLeft: space.l },
  content: { padding: space.l, paddingTop: space.s, gap: space.l },
});
