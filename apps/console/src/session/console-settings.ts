// What the console has to know before anybody is signed in: where people sign in.
import type { SignInSettings } from '@atlas/client';
import { SignInFailure } from './failure.ts';

export type { SignInSettings };
export type ProviderSettings = NonNullable<SignInSettings['signIn']>;

const timeoutMs = 10_000;

/** @throws SignInFailure `atlas_unreachable` */
export async function readConsoleSettings(): Promise<SignInSettings> {
  try {
    const response = await fetch('/console.json', { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`/console.json answered ${response.status}`);
    return (await response.json()) as SignInSettings;
  } catch (error) {
    throw new SignInFailure('atlas_unreachable', String(error));
  }
}
