// What the console has to know before anybody is signed in: where people sign in.
import type { ConsoleSettings } from '@atlas/client';
import { SignInFailure } from './failure.ts';

export type { ConsoleSettings };
export type ProviderSettings = NonNullable<ConsoleSettings['signIn']>;

const timeoutMs = 10_000;

/** @throws SignInFailure `atlas_unreachable` */
export async function readConsoleSettings(): Promise<ConsoleSettings> {
  try {
    const response = await fetch('/console.json', { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`/console.json answered ${response.status}`);
    return (await response.json()) as ConsoleSettings;
  } catch (error) {
    throw new SignInFailure('atlas_unreachable', String(error));
  }
}
