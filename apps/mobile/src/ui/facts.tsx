// Names with their values, one a line: of a receipt, an entry, a sign-in.
import { StyleSheet, View } from 'react-native';
import { space, useTheme } from '../theme.ts';
import { Label } from './label.tsx';

export type Fact = readonly [name: string, value: string | undefined];

export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  const theme = useTheme();
  return (
    <View>
      {facts.map(([name, value]) =>
        value === undefined ? null : (
          <View key={name} style={[styles.fact, { borderColor: theme.line }]}>
            <Label of="small" tone="soft">
              {name}
            </Label>
            <Label selectable>{value}</Label>
          </View>
        ),
      )}
    </View>
  );
}

/** The same as text, to be shared. */
export const factsText = (title: string, facts: readonly Fact[]): string =>
  [
    title,
    ...facts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`])),
  ].join('\n');

const styles = StyleSheet.create({
  fact: { paddingVertical: space.m, gap: 2, borderBottomWidth: StyleSheet.hairlineWidth },
});
