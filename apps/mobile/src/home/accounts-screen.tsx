// All accounts of the person, each with its live balance.
import { StyleSheet, View } from 'react-native';
import { useConnection, useLiveBalance } from '../live/use-live.ts';
import { space } from '../theme.ts';
import { Label } from '../ui/label.tsx';
import { Row } from '../ui/row.tsx';
import { Screen } from '../ui/screen.tsx';
import { useNewsAbove } from '../ui/use-news.ts';
import { moneyText, stateWords, words } from '../words.ts';
import type { OwnAccounts } from './use-accounts.ts';
import { hiddenAmount, useHidden } from './use-hidden.ts';

interface AccountsProps {
  readonly accounts: OwnAccounts;
  readonly onChoose: (accountId: string) => void;
  readonly onBack: () => void;
}

export function AccountsScreen({ accounts, onChoose, onBack }: AccountsProps) {
  return (
    <Screen title={words.accounts} onBack={onBack}>
      <View style={styles.list}>
        {accounts.ids?.map((id) => (
          <AccountRow key={id} accountId={id} onPress={() => onChoose(id)} />
        ))}
      </View>
      {accounts.hasMore && <Label tone="soft">{words.moreAccounts}</Label>}
    </Screen>
  );
}

interface AccountRowProps {
  readonly accountId: string;
  readonly onPress: () => void;
}

function AccountRow({ accountId, onPress }: AccountRowProps) {
  const hidden = useHidden();
  const live = useLiveBalance(accountId);
  const state = stateWords(live, useConnection(), true).text;
  const { balance, freshness } = live;
  const isNews = (balance?.version ?? 0) > useNewsAbove(balance?.version);
  const known = balance && moneyText(balance.availableMinor, balance.currency);
  const unknown = freshness === 'refused' ? undefined : words.unknownAmount;
  const value = hidden && known !== undefined ? hiddenAmount : (known ?? unknown);
  return (
    <Row
      title={accountId}
      detail={freshness === 'live' ? undefined : state}
      value={value}
      valueTone={freshness === 'live' ? 'text' : 'soft'}
      valueHidden={hidden && known !== undefined}
      isNews={isNews}
      onPress={onPress}
    />
  );
}

const styles = StyleSheet.create({ list: { marginHorizontal: -space.l } });
