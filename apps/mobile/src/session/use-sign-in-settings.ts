// How people sign in here, asked of the gateway until it is known. One question does not wait for another: the
// network of the first may be gone without a word.
import type { SignInSettings } from '@atlas/client';
import { useEffect, useState } from 'react';
import { limits } from '../limits.ts';
import { settings } from '../settings.ts';

export interface KnownSettings {
  /** Undefined while not known. */
  readonly found: SignInSettings | undefined;
  /** A question was not answered, or not soon. */
  readonly isAway: boolean;
}

export function useSignInSettings(): KnownSettings {
  const [known, setKnown] = useState<KnownSettings>({ found: undefined, isAway: false });
  useEffect(() => {
    const leaving = new AbortController();
    const isAway = () => {
      if (!leaving.signal.aborted) setKnown({ found: undefined, isAway: true });
    };
    const leave = () => {
      clearInterval(timer);
      leaving.abort();
    };
    const ask = () => {
      readSettings(leaving.signal).then((found) => {
        if (leaving.signal.aborted) return;
        leave();
        setKnown({ found, isAway: false });
      }, isAway);
    };
    const timer = setInterval(() => {
      isAway();
      ask();
    }, limits.askEveryMs);
    ask();
    return leave;
  }, []);
  return known;
}

async function readSettings(leaving: AbortSignal): Promise<SignInSettings> {
  const asking = new AbortController();
  const end = () => asking.abort();
  leaving.addEventListener('abort', end);
  const timer = setTimeout(end, limits.askMs);
  try {
    const response = await fetch(`${settings.gateway}/mobile.json`, { signal: asking.signal });
    if (!response.ok) throw new Error(`/mobile.json answered ${response.status}`);
    return (await response.json()) as SignInSettings;
  } finally {
    clearTimeout(timer);
    leaving.removeEventListener('abort', end);
  }
}
