// Light or dark: the system's preference, unless the person has chosen. The choice is kept in
// localStorage, because it belongs to the machine and not to the session.
import { useSyncExternalStore } from 'react';

export type ThemeChoice = 'system' | 'light' | 'dark';
export const themeChoices: readonly ThemeChoice[] = ['system', 'light', 'dark'];

const slot = 'atlas.theme';
const listeners = new Set<() => void>();
const prefersDark = matchMedia('(prefers-color-scheme: dark)');

export function themeChoice(): ThemeChoice {
  const kept = localStorage.getItem(slot);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export function chooseTheme(choice: ThemeChoice): void {
  if (choice === 'system') localStorage.removeItem(slot);
  else localStorage.setItem(slot, choice);
  applyTheme();
  for (const changed of listeners) changed();
}

/** The choice, and to be rendered again when it changes. */
export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(listen, themeChoice);
}

function listen(onChange: () => void): () => void {
  listeners.add(onChange);
  return () => listeners.delete(onChange);
}

/** Puts the theme on the page; called before the first paint, and again at each change. */
export function applyTheme(): void {
  const choice = themeChoice();
  const dark = choice === 'dark' || (choice === 'system' && prefersDark.matches);
  document.documentElement.className = dark ? 'dark' : 'light';
}

prefersDark.addEventListener('change', applyTheme);
