// What an element scrolls in, and how far below the top of that it begins: a list may stand under other things
// that scroll with it, as the entries of an account do under its balance.
import { useLayoutEffect, useState, type RefObject } from 'react';

export interface Place {
  /** Null before the first layout. */
  readonly scroller: Element | null;
  readonly startPx: number;
}

export function useScroller(ref: RefObject<Element | null>): Place {
  const [place, setPlace] = useState<Place>({ scroller: null, startPx: 0 });
  // At each rendering: what stands above may have grown.
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const scroller = scrollerOf(element);
    const above = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    const startPx = Math.round(above + scroller.scrollTop);
    setPlace((before) =>
      before.scroller === scroller && before.startPx === startPx ? before : { scroller, startPx },
    );
  });
  return place;
}

function scrollerOf(element: Element): Element {
  for (let each = element.parentElement; each !== null; each = each.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(each).overflowY)) return each;
  }
  return document.documentElement;
}
