// A choice of the person that outlives the app.
import { useCallback, useEffect, useState } from 'react';
import { storage } from './storage.ts';

/** Undefined until the device has been asked, null where nothing was chosen. */
export function usePreference(
  name: string,
): readonly [string | null | undefined, (value: string) => void] {
  const [value, setValue] = useState<string | null>();
  const slot = `atlas.preference/${name}`;
  useEffect(() => {
    void storage.load(slot).then((kept) => setValue((now) => now ?? kept ?? null));
  }, [slot]);
  const choose = useCallback(
    (next: string) => {
      setValue(next);
      void storage.save(slot, next);
    },
    [slot],
  );
  return [value, choose];
}
