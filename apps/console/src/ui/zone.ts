// The zone in which times are written, local or UTC, for the whole console and until the tab is closed:
// during an incident people in several places speak of one time.
import { useSyncExternalStore } from 'react';

export type Zone = 'local' | 'utc';
export const zones: readonly Zone[] = ['local', 'utc'];

const slot = 'atlas.zone';
const listeners = new Set<() => void>();
let zone: Zone | undefined;

export function currentZone(): Zone {
  zone ??= globalThis.sessionStorage?.getItem(slot) === 'utc' ? 'utc' : 'local';
  return zone;
}

export function chooseZone(next: Zone): void {
  zone = next;
  sessionStorage.setItem(slot, next);
  for (const changed of listeners) changed();
}

/** The zone, and to be rendered again when it changes. */
export function useZone(): Zone {
  return useSyncExternalStore(listen, currentZone);
}

function listen(onChange: () => void): () => void {
  listeners.add(onChange);
  return () => listeners.delete(onChange);
}
