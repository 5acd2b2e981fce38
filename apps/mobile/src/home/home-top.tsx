// What stands above the feed: the balance, the two things to do, the search, and what is pending.
import type { Entry, LiveBalance } from '@atlas/client';
import { useSyncExternalStore } from 'react';
import { StyleSheet, View } from 'react-native';
import { useConnection } from '../live/use-live.ts';
import type { Screens } from '../screens.ts';
import { useSession } from '../session/use-session.ts';
import { space } from '../theme.ts';
import { Button } from '../ui/button.tsx';
import { SearchField } from '../ui/field.tsx';
import { largeText, useTextScale } from '../ui/text-scale.ts';
import { words } from '../words.ts';
import { Balance } from './balance.tsx';
import { pendingOf, PendingRows } from './pending-rows.tsx';

interface HomeTopProps {
  readonly accountId: string;
  readonly onToggleHidden: () => void;
  readonly screens: Screens;
  readonly live: LiveBalance;
  readonly rows: readonly Entry[];
  readonly search: string;
  readonly onSearch: (text: string) => void;
}

export function HomeTop(props: HomeTopProps) {
  const { live, onToggleHidden, screens, accountId, rows, search, onSearch } = props;
  const { outbox } = useSession();
  const outgoing = useSyncExternalStore(outbox.listen, outbox.read, outbox.read);
  const isLarge = useTextScale() >= largeText;
  const hasEnded = useConnection().phase === 'ended';
  return (
    <View>
      <Balance live={live} onToggle={onToggleHidden} />
      <View style={[styles.actions, isLarge && styles.largeActions]}>
        {hasEnded ? (
          <View style={!isLarge && styles.action}>
            <Button text={words.signIn} onPress={() => screens.push({ name: 'sign-in' })} />
          </View>
        ) : (
          <>
            <View style={!isLarge && styles.action}>
              <Button text={words.send} onPress={() => screens.push({ name: 'send' })} />
            </View>
            <View style={!isLarge && styles.action}>
              <Button
                kind="other"
                text={words.request}
                onPress={() => screens.push({ name: 'request' })}
              />
            </View>
          </>
        )}
      </View>
      <View style={styles.search}>
        <SearchField
          label={words.search}
          placeholder={words.searchShort}
          value={search}
          onChangeText={onSearch}
        />
      </View>
      <PendingRows
        outgoing={pendingOf(outgoing, accountId, rows)}
        onOpen={(key) => screens.push({ name: 'outgoing', key })}
      />
    </View>
  );
}

const styles = StyleSheet.create({
  actions: { flexDirection: 'row', gap: space.m, paddingHorizontal: space.l },
  largeActions: { flexDirection: 'column' },
  action: { flexGrow: 1, flexBasis: 0 },
  search: { paddingHorizontal: space.l, paddingTop: space.xl },
});
