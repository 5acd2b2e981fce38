// Keys that work without a modifier: j, k, /, ?, g and a letter. They belong to the page, so they are silent
// while somebody types, while a dialog is open, and for those who turned them off (WCAG 2.1.4: speech input
// and a hand on the wrong key would set them off).
import { useEffect, useRef, useSyncExternalStore } from 'react';

const slot = 'atlas.keys';
const listeners = new Set<() => void>();

function singleKeysOn(): boolean {
  return localStorage.getItem(slot) !== 'off';
}

export function turnSingleKeys(on: boolean): void {
  if (on) localStorage.removeItem(slot);
  else localStorage.setItem(slot, 'off');
  for (const changed of listeners) changed();
}

export function useSingleKeysOn(): boolean {
  return useSyncExternalStore((onChange) => {
    listeners.add(onChange);
    return () => listeners.delete(onChange);
  }, singleKeysOn);
}

/** What each key does; `false` leaves it to whoever else listens. */
export type Keys = Readonly<Record<string, (event: KeyboardEvent) => void | false>>;

/** The keys of a component for as long as it is shown. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const act = latest.current[event.key];
      if (act === undefined || !isForThePage(event)) return;
      if (event.key.length === 1 && !singleKeysOn()) return;
      if (act(event) !== false) event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

/** Whether a key is meant for the page: nothing is typed into, nothing floats above, no modifier is held. */
function isForThePage(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (document.querySelector('dialog[open], :popover-open') !== null) return false;
  const { target } = event;
  return !(target instanceof HTMLElement && target.closest('input, textarea, select') !== null);
}
