// Where one is: a stack of screens above home. Five screens need no library for it.
import type { Entry } from '@atlas/client';
import { useMemo, useState } from 'react';
import type { Prefill } from './links.ts';

export type ScreenName =
  | { readonly name: 'accounts' }
  | { readonly name: 'session' }
  | { readonly name: 'sign-in' }
  | { readonly name: 'request' }
  | { readonly name: 'send'; readonly prefill?: Prefill }
  | { readonly name: 'outgoing'; readonly key: string }
  | { readonly name: 'entry'; readonly entry: Entry; readonly currency: string };

export interface Screens {
  readonly push: (screen: ScreenName) => void;
  /** Instead of the topmost. */
  readonly replace: (screen: ScreenName) => void;
  readonly back: () => void;
  readonly home: () => void;
}

/** The topmost screen; undefined is home. */
export function useScreens(): readonly [ScreenName | undefined, Screens] {
  const [stack, setStack] = useState<readonly ScreenName[]>([]);
  const screens = useMemo<Screens>(
    () => ({
      push: (screen) => setStack((before) => [...before, screen]),
      replace: (screen) => setStack((before) => [...before.slice(0, -1), screen]),
      back: () => setStack((before) => before.slice(0, -1)),
      home: () => setStack([]),
    }),
    [],
  );
  return [stack.at(-1), screens];
}
