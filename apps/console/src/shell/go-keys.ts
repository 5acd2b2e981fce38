// `g` and then a letter goes to a page, `?` shows all keys, `/` leads into the filter of the page: the first
// field that says data-filter.
import { useRef } from 'react';
import type { ConsolePage } from '../pages.ts';
import { useKeys, type Keys } from '../ui/keys.ts';

/** The letter must follow so soon, or it is a key of its own. */
const followMs = 1_000;

export function useGoKeys(
  pages: readonly ConsolePage[],
  { onPage, onHelp }: { readonly onPage: (path: string) => void; readonly onHelp: () => void },
): void {
  const goSince = useRef(Number.NEGATIVE_INFINITY);
  const letters = pages.map(({ key, path }): [string, Keys[string]] => [
    key,
    ({ timeStamp }) => {
      if (timeStamp - goSince.current > followMs) return false;
      goSince.current = Number.NEGATIVE_INFINITY;
      return onPage(path);
    },
  ]);
  useKeys({
    ...Object.fromEntries(letters),
    g: ({ timeStamp }) => {
      goSince.current = timeStamp;
    },
    '?': onHelp,
    '/': () => {
      const fields = [...document.querySelectorAll<HTMLElement>('#page [data-filter]')];
      const field = fields.find((each) => each.checkVisibility());
      field?.focus();
      // A chip: what it opens takes the focus.
      if (field instanceof HTMLButtonElement) field.click();
    },
  });
}
