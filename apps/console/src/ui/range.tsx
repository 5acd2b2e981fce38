// How far back the console looks: one range for all that is shown, in the address and kept while the tab is open,
// so that charts beside each other, and looks after each other, speak of the same minutes. Longer ones are offered
// where the platform remembers longer, which is with Prometheus.
import { useEffect } from 'react';
import { useAddress } from './address.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export const ranges = [
  { key: '5m', name: 'Last 5 min', ms: 5 * minuteMs },
  { key: '15m', name: 'Last 15 min', ms: 15 * minuteMs },
  { key: '1h', name: 'Last 1 h', ms: hourMs },
  { key: '6h', name: 'Last 6 h', ms: 6 * hourMs },
  { key: '24h', name: 'Last 24 h', ms: 24 * hourMs },
  { key: '7d', name: 'Last 7 d', ms: 7 * 24 * hourMs },
] as const;

export type Range = (typeof ranges)[number];

const slot = 'atlas.range';
const usual = ranges[1];

export function useRange(): Range {
  const { params } = useAddress();
  const named = rangeOf(params.get('range'));
  useEffect(() => {
    if (named !== undefined) sessionStorage.setItem(slot, named.key);
  }, [named]);
  return named ?? rangeOf(sessionStorage.getItem(slot)) ?? usual;
}

/** `longestMs`: how far back can be asked for; undefined while nobody has said it. */
export function RangePicker({ longestMs = hourMs }: { readonly longestMs?: number | undefined }) {
  const range = useRange();
  const { set } = useAddress();
  const offered = ranges.filter((each) => each.ms <= longestMs || each === range);
  return (
    <select
      className="select"
      aria-label="Time range"
      value={range.key}
      onChange={(event) => set({ range: event.target.value })}
    >
      {offered.map(({ key, name }) => (
        <option key={key} value={key}>
          {name}
        </option>
      ))}
    </select>
  );
}

function rangeOf(key: string | null): Range | undefined {
  return ranges.find((range) => range.key === key);
}
