// What was refused in the last seconds, a cause for each reason with whom it met: the same for reads, the
// hub and the gateway, which differ in what they refuse and in the words for why.
import { countText, listText } from '../ui/figure-text.ts';
import { riseLately } from './rates.ts';
import type { Sample } from '../ui/watch.ts';
import { latelyMs } from './why.ts';

export interface LatelyCause<Reason extends string> {
  readonly reason: Reason;
  readonly name: string;
  /** Who was refused in the last ten seconds. */
  readonly whom: string;
  readonly because: string;
}

export interface Refusing<T, Kind extends string, Reason extends string> {
  readonly kinds: readonly Kind[];
  /** In the order in which they are met. */
  readonly reasonNames: Readonly<Record<Reason, string>>;
  readonly count: (value: T, kind: Kind, reason: Reason) => number;
  readonly because: (value: T, reason: Reason, kinds: readonly Kind[]) => string;
}

export function latelyRefused<T, Kind extends string, Reason extends string>(
  samples: readonly Sample<T>[],
  { kinds, reasonNames, count, because }: Refusing<T, Kind, Reason>,
): LatelyCause<Reason>[] {
  const value = samples.at(-1)?.value;
  if (value === undefined) return [];
  return (Object.keys(reasonNames) as Reason[]).flatMap((reason) => {
    const met = kinds
      .map((kind) => ({
        kind,
        times: riseLately(samples, (each) => count(each, kind, reason), latelyMs),
      }))
      .filter(({ times }) => times > 0);
    if (met.length === 0) return [];
    const each = met.map(({ kind, times }) => `${countText(times)} of ${kind}`);
    const cause = {
      reason,
      name: reasonNames[reason],
      whom: `${listText(each)} in the last 10 s`,
      because: because(
        value,
        reason,
        met.map(({ kind }) => kind),
      ),
    };
    return [cause];
  });
}
