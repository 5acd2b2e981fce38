// The days over the rows of a list, in the zone that was chosen. Lists stay open over midnight, so what is
// called today is looked at again now and then.
import { useMemo, useSyncExternalStore } from 'react';
import { dayNames, weekdayText } from './time.ts';
import { useZone } from './zone.ts';

const lookAgainMs = 15_000;

/** Names the day of a moment; the same function until the zone or the day is another. */
export function useDayNames(): (at: string | number) => string {
  const zone = useZone();
  const today = useSyncExternalStore(listen, () => weekdayText(Date.now()));
  return useMemo(() => {
    void [zone, today];
    return dayNames(Date.now());
  }, [zone, today]);
}

function listen(onChange: () => void): () => void {
  const timer = setInterval(onChange, lookAgainMs);
  return () => clearInterval(timer);
}
