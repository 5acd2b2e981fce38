// A watch inside React: it asks for as long as something shows it.
import { useSyncExternalStore } from 'react';
import type { Watch, Watched } from './watch.ts';

export function useWatch<T>(watch: Watch<T>): Watched<T> {
  return useSyncExternalStore(watch.listen, watch.read);
}
