// The document's title: what is open on the page, the page's name from the list of pages, and Atlas. Tabs,
// the history and a screen reader tell addresses apart by it.
import { createContext, useContext, useEffect } from 'react';

export const PageName = createContext('');

/** Names what is open on the page, as in "acc_1 – Accounts – Atlas"; undefined while nothing is. */
export function useTitle(open: string | undefined): void {
  const name = useContext(PageName);
  useEffect(() => {
    if (open === undefined) return undefined;
    document.title = titleOf(open, name);
    return () => {
      document.title = titleOf(name);
    };
  }, [open, name]);
}

export function titleOf(...parts: readonly string[]): string {
  return [...parts, 'Atlas'].join(' – ');
}
