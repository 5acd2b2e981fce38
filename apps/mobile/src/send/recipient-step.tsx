// To whom: an account id, or one of those that money went to or came from lately.
import { useEffect, useState } from 'react';
import { StyleSheet, View } from 'react-native';
import { loadEntries } from '../home/kept-entries.ts';
import { limits } from '../limits.ts';
import { useSession } from '../session/use-session.ts';
import { space } from '../theme.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Label } from '../ui/label.tsx';
import { Row } from '../ui/row.tsx';
import { words } from '../words.ts';

interface RecipientStepProps {
  readonly accountId: string;
  readonly to: string;
  readonly onTo: (to: string) => void;
  readonly onNext: () => void;
}

export function RecipientStep({ accountId, to, onTo, onNext }: RecipientStepProps) {
  const recent = useRecent(accountId);
  const [fault, setFault] = useState<string>();
  const next = () => {
    if (to.trim() === accountId) setFault(words.sameAccount);
    else onNext();
  };
  return (
    <>
      <Field
        label={words.to}
        hint={words.toHint}
        value={to}
        onChangeText={onTo}
        fault={fault}
        onSubmitEditing={next}
      />
      <Button text={words.next} onPress={next} disabled={to.trim() === ''} />
      {recent.length > 0 && (
        <View>
          <Label of="small" tone="soft" role="heading" aria-level={2} strong>
            {words.recent}
          </Label>
          <View style={styles.rows}>
            {recent.map((id) => (
              <Row
                key={id}
                title={id}
                onPress={() => {
                  onTo(id);
                  onNext();
                }}
              />
            ))}
          </View>
        </View>
      )}
    </>
  );
}

function useRecent(accountId: string): readonly string[] {
  const { claims } = useSession();
  const [recent, setRecent] = useState<readonly string[]>([]);
  useEffect(() => {
    void loadEntries(claims, accountId).then((entries) => {
      const ids = new Set(entries.map(({ counterpartyAccountId }) => counterpartyAccountId));
      setRecent([...ids].slice(0, limits.recentRecipientsMax));
    });
  }, [claims, accountId]);
  return recent;
}

const styles = StyleSheet.create({ rows: { marginHorizontal: -space.l } });
