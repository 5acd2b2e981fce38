// The one screen that tells the truth: the balance and its state, two things to do, and the feed by
// day with what is pending on top.
import type { EntriesFeed, EntriesView } from '@atlas/client';
import { useMemo, useState, useSyncExternalStore } from 'react';
import { RefreshControl, SectionList, StyleSheet, View } from 'react-native';
import { useLiveBalance } from '../live/use-live.ts';
import type { Screens } from '../screens.ts';
import { useSession } from '../session/use-session.ts';
import { space } from '../theme.ts';
import { Button } from '../ui/button.tsx';
import { Label } from '../ui/label.tsx';
import { Screen } from '../ui/screen.tsx';
import { useNewsAbove } from '../ui/use-news.ts';
import { useNow } from '../ui/use-now.ts';
import { words } from '../words.ts';
import { EntryRow } from './entry-row.tsx';
import { feedDays, searchEntries } from './feed-days.ts';
import { HomeTop } from './home-top.tsx';
import { sectionTitle } from './section-title.ts';
import { useFeed } from './use-feed.ts';

interface HomeProps {
  readonly accountId: string;
  readonly onToggleHidden: () => void;
  readonly screens: Screens;
}

export function HomeScreen({ accountId, onToggleHidden, screens }: HomeProps) {
  const live = useLiveBalance(accountId);
  const feed = useFeed(accountId, live);
  const [search, setSearch] = useState('');
  const { atlas } = useSession();
  // Without a currency an amount has no decimal point, and is not shown.
  const currency = live.balance?.currency;
  const { rows, hasOlder, full, error, loading } = useEntries(feed);
  const newsAbove = useNewsAbove(loading === 'first' ? undefined : (rows[0]?.version ?? 0));
  // What is of today is of yesterday after midnight, also where nothing new comes.
  const todayMs = new Date(useNow(true, 60_000)).setHours(0, 0, 0, 0);
  const days = useMemo(
    () => (currency === undefined ? [] : feedDays(searchEntries(rows, search, currency), todayMs)),
    [rows, search, currency, todayMs],
  );
  const refresh = () => {
    atlas.live.resume();
    if (feed?.read().error !== undefined) feed.loadMore();
  };
  return (
    <Screen
      scrolls
      title={accountId}
      aside={
        <>
          <Button
            kind="bare"
            text={words.accounts}
            onPress={() => screens.push({ name: 'accounts' })}
          />
          <Button
            kind="bare"
            text={words.account}
            onPress={() => screens.push({ name: 'session' })}
          />
        </>
      }
    >
      <SectionList
        sections={days}
        keyExtractor={({ version }) => String(version)}
        stickySectionHeadersEnabled={false}
        keyboardShouldPersistTaps="handled"
        onEndReached={() => feed?.loadMore()}
        refreshControl={<RefreshControl refreshing={false} onRefresh={refresh} />}
        ListHeaderComponent={
          <HomeTop
            live={live}
            onToggleHidden={onToggleHidden}
            screens={screens}
            accountId={accountId}
            rows={rows}
            search={search}
            onSearch={setSearch}
          />
        }
        renderSectionHeader={({ section }) => (
          <Label of="small" tone="soft" role="heading" aria-level={2} strong style={sectionTitle}>
            {section.title}
          </Label>
        )}
        renderItem={({ item }) =>
          currency === undefined ? null : (
            <EntryRow
              entry={item}
              currency={currency}
              isNews={item.version > newsAbove}
              onPress={() => screens.push({ name: 'entry', entry: item, currency })}
            />
          )
        }
        ListEmptyComponent={
          currency === undefined || loading === 'first' || error !== undefined ? null : (
            <Label tone="soft" style={styles.empty}>
              {search === '' ? words.noEntries : words.noMatches}
            </Label>
          )
        }
        ListFooterComponent={
          <View style={styles.end}>
            {loading !== undefined && <Label tone="soft">{words.loading}</Label>}
            {error !== undefined && <Label tone="soft">{words.entriesFailed}</Label>}
            {hasOlder && !full && loading === undefined && feed !== undefined && (
              <Button
                kind="other"
                text={error === undefined ? words.loadOlder : words.tryAgain}
                onPress={feed.loadMore}
              />
            )}
          </View>
        }
      />
    </Screen>
  );
}

type Seen = Pick<EntriesView, 'rows' | 'loading' | 'hasOlder' | 'full' | 'error'>;

function useEntries(feed: EntriesFeed | undefined): Seen {
  const listen = feed?.listen ?? nothing.listen;
  const read: () => Seen = feed?.read ?? nothing.read;
  return useSyncExternalStore(listen, read, read);
}

/** While the device is asked what it kept. */
const nothing = {
  listen: () => () => undefined,
  read: (): Seen => noView,
};
const noView: Seen = {
  rows: [],
  loading: 'first',
  hasOlder: false,
  full: false,
  error: undefined,
};

const styles = StyleSheet.create({
  empty: { padding: space.l },
  end: { padding: space.l, gap: space.m },
});
