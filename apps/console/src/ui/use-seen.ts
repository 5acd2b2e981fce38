// Whether an element is on the screen: rows outside of it need no live balance, and the end of a
// list coming into sight is the moment to load more.
import { useCallback, useEffect, useState } from 'react';

/** True once `value` has been true for `ms`; false at once. */
export function useSettled(value: boolean, ms: number): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    if (!value) {
      setSettled(false);
      return undefined;
    }
    const timer = setTimeout(() => setSettled(true), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return value && settled;
}

/** Gives a ref for the element and whether it is seen; `early` (in px) counts as seen already. */
export function useSeen(
  early = 0,
): [(element: Element | null) => (() => void) | undefined, boolean] {
  const [seen, setSeen] = useState(false);
  const watch = useCallback(
    (element: Element | null) => {
      if (element === null) return undefined;
      // `scrollMargin` is for lists that scroll inside the page, `rootMargin` for the page itself.
      const margins = { rootMargin: `${early}px`, scrollMargin: `${early}px` };
      const observer = new IntersectionObserver(
        (changes) => setSeen(changes.at(-1)?.isIntersecting ?? false),
        margins,
      );
      observer.observe(element);
      return () => observer.disconnect();
    },
    [early],
  );
  return [watch, seen];
}
