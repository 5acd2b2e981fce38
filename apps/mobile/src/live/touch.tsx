// Whoever touches the screen acts on what it shows, so the hub is asked whether that still holds: a network that is
// gone without a word is noticed then, and not only by the pings that do not come.
import type { ReactNode } from 'react';
import { StyleSheet, View } from 'react-native';
import { useSession } from '../session/use-session.ts';

export function Touch({ children }: { readonly children: ReactNode }) {
  const { atlas } = useSession();
  const touched = () => {
    atlas.live.touch();
    // It is somebody else's to answer.
    return false;
  };
  return (
    <View style={styles.all} onStartShouldSetResponderCapture={touched}>
      {children}
    </View>
  );
}

const styles = StyleSheet.create({ all: { flex: 1 } });
