// What the page shows as its address says it: filters, ranges and open dialogs stand behind the `?`, so that
// a reload keeps them and a link shows a colleague the same.
import { useCallback } from 'react';
import { useLocation, useSearch } from 'wouter';

export interface Address {
  readonly params: URLSearchParams;
  /** "?state=refused", or nothing: for links that keep it. */
  readonly query: string;
  /** Undefined and '' take a parameter out. The history gets no new step: it is the same page. */
  readonly set: (changes: Readonly<Record<string, string | undefined>>) => void;
}

export function useAddress(): Address {
  const [, navigate] = useLocation();
  // The router decodes the search once too often for values with a % in them; it only tells when.
  useSearch();
  const { search } = location;
  const set = useCallback(
    (changes: Readonly<Record<string, string | undefined>>) => {
      const next = new URLSearchParams(location.search);
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined || value === '') next.delete(name);
        else next.set(name, value);
      }
      navigate(location.pathname + queryText(next), { replace: true });
    },
    [navigate],
  );
  return { params: new URLSearchParams(search), query: search, set };
}

function queryText(params: URLSearchParams): string {
  return params.size === 0 ? '' : `?${params}`;
}
