// j and k in a list whose rows are mostly not in the page: the wanted row is scrolled into sight first and
// takes the focus when it is there. Where a page has several lists, the one that has the focus moves, else the
// first; past its end the keys go on in the next.
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
    if (to < 0 || to >= rows.length) return leave(root.current, by);
    rows.scrollTo(to);
    if (!focusRow(root.current, to)) wanted.current = to;
    return undefined;
  };
  useKeys({ j: () => move(1), k: () => move(-1) });
}

function isInCharge(list: HTMLElement): boolean {
  const focused = document.activeElement?.closest('[data-list]');
  return (focused ?? listsInSight()[0]) === list;
}

function listsInSight(): HTMLElement[] {
  const lists = [...document.querySelectorAll<HTMLElement>('#page [data-list]')];
  return lists.filter((each) => each.checkVisibility({ visibilityProperty: true }));
}

/** To the row of the list after it, or before it, that is nearest. */
function leave(list: HTMLElement, by: 1 | -1): void {
  const lists = listsInSight();
  const other = lists[lists.indexOf(list) + by];
  const rows = [...(other?.querySelectorAll<HTMLElement>('[data-index] a') ?? [])];
  rows.at(by === 1 ? 0 : -1)?.focus();
}

function focusRow(list: HTMLElement | null, index: number): boolean {
  const row = list?.querySelector<HTMLElement>(`[data-index="${index}"] a`);
  row?.focus({ preventScroll: true });
  return row != null;
}
