// What of a list that rises by versions is news: it glows once, and not again when it is scrolled back into sight.
import { useEffect, useState } from 'react';
import { glowMs } from './glow.tsx';

/**
 * The version above which all is news.
 * @param top the highest version that is shown; undefined while there is none to compare with
 */
export function useNewsAbove(top: number | undefined): number {
  const [seen, setSeen] = useState(top);
  useEffect(() => {
    if (top === undefined || seen === undefined) return setSeen(top);
    if (top <= seen) return undefined;
    const timer = setTimeout(() => setSeen(top), glowMs);
    return () => clearTimeout(timer);
  }, [top, seen]);
  return top === undefined || seen === undefined ? Number.POSITIVE_INFINITY : seen;
}
