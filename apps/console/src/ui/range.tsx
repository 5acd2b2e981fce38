// How far back the console looks: one range for all its pages, in the address of each and kept while the tab
// is open, so that charts beside each other, and pages after each other, speak of the same minutes.
import { useEffect } from 'react';
import { useAddress } from './address.ts';

const minuteMs = 60_000;

export const ranges = [
  { key: '5m', name: 'Last 5 min', ms: 5 * minuteMs },
  { key: '15m', name: 'Last 15 min', ms: 15 * minuteMs },
  { key: '1h', name: 'Last 1 h', ms: 60 * minuteMs },
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

export function RangePicker() {
  const range = useRange();
  const { set } = useAddress();
  return (
    <select
      className="select"
      aria-label="Time range"
      value={range.key}
      onChange={(event) => set({ range: event.target.value })}
    >
      {ranges.map(({ key, name }) => (
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
