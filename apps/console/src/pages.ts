// Every page of the console, once: the navigation, the routes, the command palette, the keys and the titles
// come from here. Each page is a chunk of its own, so that none is paid for by the others.
//
// `/payments`, `/ledger` and `/ws` are the API's addresses on the gateway, so no page can live there.
import { lazy, type ComponentType } from 'react';
import type { IconName } from './ui/icons.tsx';

export interface ConsolePage {
  /** Everything below it belongs to the page too. */
  readonly path: `/${string}`;
  readonly name: string;
  readonly icon: IconName;
  /** Pressed after `g`, it leads here. */
  readonly key: string;
  /** Without it in the token the page is not offered; asked for all the same, its place says what it needs. */
  readonly scope: 'transfers' | 'balances' | 'ops';
  /** Fetches the chunk, also ahead of a visit. */
  readonly load: () => Promise<unknown>;
  readonly Page: ComponentType;
}

/** In the order of the navigation; the first that a token may see is where it arrives. */
export const pages: readonly ConsolePage[] = [
  page({
    path: '/overview',
    name: 'Overview',
    icon: 'overview',
    key: 'o',
    scope: 'ops',
    load: async () => (await import('./overview/overview-page.tsx')).OverviewPage,
  }),
  page({
    path: '/transfers',
    name: 'Payments',
    icon: 'payments',
    key: 'p',
    scope: 'transfers',
    load: async () => (await import('./payments/payments-page.tsx')).PaymentsPage,
  }),
  page({
    path: '/accounts',
    name: 'Accounts',
    icon: 'accounts',
    key: 'a',
    scope: 'balances',
    load: async () => (await import('./accounts/accounts-page.tsx')).AccountsPage,
  }),
  page({
    path: '/realtime',
    name: 'Realtime',
    icon: 'realtime',
    key: 'r',
    scope: 'ops',
    load: async () => (await import('./realtime/realtime-page.tsx')).RealtimePage,
  }),
  page({
    path: '/overload',
    name: 'Overload',
    icon: 'overload',
    key: 'l',
    scope: 'ops',
    load: async () => (await import('./overload/overload-page.tsx')).OverloadPage,
  }),
  page({
    path: '/audit',
    name: 'Audit',
    icon: 'audit',
    key: 'u',
    scope: 'ops',
    load: async () => (await import('./audit/audit-page.tsx')).AuditPage,
  }),
];

function page(
  parts: Omit<ConsolePage, 'Page' | 'load'> & { readonly load: () => Promise<ComponentType> },
): ConsolePage {
  return { ...parts, Page: lazy(async () => ({ default: await parts.load() })) };
}

/** Those that the navigation offers to a token with these scopes. */
export function pagesFor(scopes: readonly string[]): readonly ConsolePage[] {
  return pages.filter((page) => maySee(page, scopes));
}

export function maySee({ scope }: ConsolePage, scopes: readonly string[]): boolean {
  return scopes.includes(scope);
}
