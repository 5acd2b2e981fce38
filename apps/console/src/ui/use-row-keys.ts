// j and k in a list whose rows are mostly not in the page: the wanted row is scrolled into sight first and
// takes the focus when it is there. Where a page has several lists, the one that has the focus moves, else
// the first.
import { useEffect, useRef, type RefObject } from 'react';
import { useKeys } from './keys.ts';

interface RowsByIndex {
  readonly length: number;
  /** Whether it can be moved to: headings of groups cannot. */
  readonly isRow: (index: number) => boolean;
  /** −1 where nothing is open. */
  readonly openIndex: () => number;
  readonly scrollTo: (index: number) => void;
}

export function useRowKeys(root: RefObject<HTMLElement | null>, rows: RowsByIndex): void {
  const wanted = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (wanted.current !== undefined && focusRow(root.current, wanted.current)) {
      wanted.current = undefined;
    }
  });
  const move = (by: 1 | -1) => {
    if (root.current === null || !isInCharge(root.current)) return false;
    const focused = document.activeElement?.closest('[data-index]')?.getAttribute('data-index');
    const from = focused == null ? rows.openIndex() : Number(focused);
    let to = from + by;
    while (to >= 0 && to < rows.length && !rows.isRow(to)) to += by;
    if (to < 0 || to >= rows.length) return undefined;
    rows.scrollTo(to);
    if (!focusRow(root.current, to)) wanted.current = to;
    return undefined;
  };
  useKeys({ j: () => move(1), k: () => move(-1) });
}

function isInCharge(list: HTMLElement): boolean {
  const focused = document.activeElement?.closest('[data-list]');
  if (focused) return focused === list;
  const lists = [...document.querySelectorAll('#page [data-list]')];
  return lists.find((each) => each.checkVisibility({ visibilityProperty: true })) === list;
}

function focusRow(list: HTMLElement | null, index: number): boolean {
  const row = list?.querySelector<HTMLElement>(`[data-index="${index}"] a`);
  row?.focus({ preventScroll: true });
  return row != null;
}
