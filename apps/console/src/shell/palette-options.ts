// What the command palette offers for what was typed: pages, accounts that begin so, the transfer that may
// have this name, and actions. Only what the token may do.
import type { Account } from '@atlas/client';
import { useQuery } from '@tanstack/react-query';
import { useLocation, useRoute } from 'wouter';
import { accountIdForm } from '../../../../src/contracts/accounts.ts';
import { pagesFor } from '../pages.ts';
import { accountPath, newAccountPath, sendPath, transferPath } from '../paths.ts';
import { mayDebit } from '../session/token.ts';
import { useSession } from '../session/use-session.ts';
import { answerMs } from '../ui/answer-ms.ts';
import type { IconName } from '../ui/icons.tsx';
import { chooseTheme, themeChoice } from '../ui/theme.ts';
import { useSettledValue } from '../ui/use-settled.ts';
import { chooseZone, currentZone } from '../ui/zone.ts';

export interface PaletteOption {
  readonly key: string;
  readonly name: string;
  readonly icon: IconName;
  /** Beside the name: a key, a currency. */
  readonly hint?: string;
  /** Other words by which it is found. */
  readonly words?: string;
  readonly run: () => void;
}

export interface PaletteGroup {
  readonly name: string;
  readonly options: readonly PaletteOption[];
}

export interface PaletteParts {
  readonly onKeys: () => void;
  readonly onSignOut: () => void;
}

/** Of the accounts; what is there without asking stands at once. */
export type AccountSearch = 'under way' | 'failed' | 'done';

const accountsMax = 6;
const typingMs = 120;

export function usePaletteOptions(
  typed: string,
  parts: PaletteParts,
): { readonly groups: readonly PaletteGroup[]; readonly search: AccountSearch } {
  const { claims } = useSession();
  const [, navigate] = useLocation();
  const text = typed.trim();
  const accounts = useAccounts(text);
  const mayFind = text !== '' && claims.scopes.includes('transfers');
  const groups: PaletteGroup[] = [
    {
      name: 'Go to',
      options: pagesFor(claims.scopes).map(({ path, name, icon, key }) => ({
        key: path,
        name,
        icon,
        hint: `g ${key}`,
        run: () => navigate(path),
      })),
    },
    { name: 'Do', options: useActions(parts) },
  ].map(({ name, options }) => ({ name, options: options.filter((each) => fits(each, text)) }));
  groups.push({
    name: 'Accounts',
    options: accounts.found.map(({ accountId, currency }) => ({
      key: `account ${accountId}`,
      name: accountId,
      icon: 'accounts',
      hint: currency,
      run: () => navigate(accountPath(accountId)),
    })),
  });
  if (mayFind) {
    const find: PaletteOption = {
      key: 'transfer',
      name: `The transfer with id or key “${text}”`,
      icon: 'payments',
      run: () => navigate(transferPath(text)),
    };
    groups.push({ name: 'Transfers', options: [find] });
  }
  return {
    groups: groups.filter(({ options }) => options.length > 0),
    search: accounts.search,
  };
}

/** Accounts whose id begins with what was typed, once typing pauses. */
function useAccounts(text: string): {
  readonly found: readonly Account[];
  readonly search: AccountSearch;
} {
  const { atlas, claims } = useSession();
  const prefix = useSettledValue(text, typingMs);
  const { data, isFetching, isError } = useQuery({
    queryKey: ['palette', prefix],
    queryFn: ({ signal }) =>
      atlas.accounts.list({ prefix, limit: accountsMax, signal, deadlineMs: answerMs }).page(),
    // No account begins with anything else, and a long key of a transfer would be refused.
    enabled: claims.scopes.includes('balances') && accountIdForm.test(prefix),
  });
  const found = data?.items.filter(({ accountId }) => accountId.startsWith(text)) ?? [];
  if (text === '') return { found: [], search: 'done' };
  if (isFetching || prefix !== text) return { found, search: 'under way' };
  return { found, search: isError ? 'failed' : 'done' };
}

function useActions({ onKeys, onSignOut }: PaletteParts): PaletteOption[] {
  const { claims } = useSession();
  const [, navigate] = useLocation();
  const [, route] = useRoute('/accounts/:accountId/*?');
  const openId = route?.accountId && decodeURIComponent(route.accountId);
  const actions: PaletteOption[] = [];
  if (openId && mayDebit(claims, openId)) {
    const run = () => navigate(sendPath(openId));
    actions.push({
      key: 'send',
      name: `Send from ${openId}`,
      icon: 'send',
      words: 'transfer pay',
      run,
    });
  }
  if (claims.scopes.includes('accounts')) {
    const run = () => navigate(newAccountPath);
    actions.push({ key: 'new', name: 'New account', icon: 'plus', words: 'open create', run });
  }
  const theme = themeChoice();
  const lights = {
    light: 'Light theme',
    dark: 'Dark theme',
    system: 'Theme as the system',
  } as const;
  for (const choice of ['light', 'dark', 'system'] as const) {
    if (choice === theme) continue;
    actions.push({
      key: choice,
      name: lights[choice],
      icon: choice,
      run: () => chooseTheme(choice),
    });
  }
  const zone = currentZone() === 'utc' ? 'local' : 'utc';
  return [
    ...actions,
    {
      key: 'zone',
      name: zone === 'utc' ? 'Times in UTC' : 'Times of this place',
      icon: 'clock',
      words: 'zone local utc',
      run: () => chooseZone(zone),
    },
    {
      key: 'keys',
      name: 'Show the keys',
      icon: 'keyboard',
      hint: '?',
      words: 'help shortcuts',
      run: onKeys,
    },
    { key: 'out', name: 'Sign out', icon: 'leave', words: 'log out', run: onSignOut },
  ];
}

/** Every word that was typed is in the name or in the other words. */
function fits({ name, words = '' }: PaletteOption, text: string): boolean {
  const all = `${name} ${words}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
