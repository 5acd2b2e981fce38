// All accounts of the person, each with its live balance.
import { StyleSheet, View } from 'react-native';
import { useLiveBalance } from '../live/use-live.ts';
import { space } from '../theme.ts';
import { Label } from '../ui/label.tsx';
import { Row } from '../ui/row.tsx';
import { Screen } from '../ui/screen.tsx';
import { moneyText, stateWords, words } from '../words.ts';
import { useConnection } from '../live/use-live.ts';
import type { OwnAccounts } from './use-accounts.ts';

interface AccountsProps {
  readonly accounts: OwnAccounts;
  readonly hidden: boolean;
  readonly onChoose: (accountId: string) => void;
  readonly onBack: () => void;
}

export function AccountsScreen({ accounts, hidden, onChoose, onBack }: AccountsProps) {
  return (
    <Screen title={words.accounts} onBack={onBack}>
      <View style={styles.list}>
        {accounts.ids?.map((id) => (
          <AccountRow key={id} accountId={id} hidden={hidden} onPress={() => onChoose(id)} />
        ))}
      </View>
      {accounts.hasMore && <Label tone="soft">{words.moreAccounts}</Label>}
    </Screen>
  );
}

interface AccountRowProps {
  readonly accountId: string;
  readonly hidden: boolean;
  readonly onPress: () => void;
}

function AccountRow({ accountId, hidden, onPress }: AccountRowProps) {
  const live = useLiveBalance(accountId);
  const state = stateWords(live, useConnection(), true).text;
  const { balance, freshness } = live;
  const known = balance && moneyText(balance.availableMinor, balance.currency);
  const unknown = freshness === 'refused' ? undefined : words.unknownAmount;
  const value = hidden && known !== undefined ? '••••' : (known ?? unknown);
  return (
    <Row
      title={accountId}
      detail={freshness === 'live' ? undefined : state}
      value={value}
      valueTone={freshness === 'live' ? 'text' : 'soft'}
      valueHidden={hidden && known !== undefined}
      onPress={onPress}
    />
  );
}

const styles = StyleSheet.create({ list: { marginHorizontal: -space.l } });
