// What a session lives on is kept where the device keeps secrets: Keychain and Keystore. A browser has no such
// place, so there it stays in memory and ends with the page. Each token has a slot, as a slot has little room.
import type { TokenSet } from '@atlas/client';
import * as SecureStore from 'expo-secure-store';
import { Platform } from 'react-native';
import type { ProviderSettings } from './provider.ts';

/** Tokens, and where they are renewed: nowhere, when they came by hand or by a link. */
export interface Credentials {
  readonly tokens: TokenSet;
  readonly provider: ProviderSettings | undefined;
}

export interface TokenStore {
  load(): Promise<Credentials | undefined>;
  save(credentials: Credentials): Promise<void>;
  clear(): Promise<void>;
}

const slots = {
  access: 'atlas.token',
  refresh: 'atlas.token.refresh',
  id: 'atlas.token.id',
  provider: 'atlas.token.provider',
} as const;

const inMemory: TokenStore = {
  load: async () => undefined,
  save: async () => undefined,
  clear: async () => undefined,
};

const inSecureStore: TokenStore = {
  async load() {
    const [access, refresh, id, provider] = await Promise.all(Object.values(slots).map(read));
    if (access === undefined) return undefined;
    return {
      tokens: { access, refresh, id },
      provider: provider === undefined ? undefined : (JSON.parse(provider) as ProviderSettings),
    };
  },
  save: ({ tokens, provider }) =>
    inTurn(async () => {
      // First what cannot be had again, should the app be ended here.
      await write(slots.refresh, tokens.refresh);
      await write(slots.access, tokens.access);
      await write(slots.id, tokens.id);
      await write(slots.provider, provider && JSON.stringify(provider));
    }),
  clear: () =>
    inTurn(async () => {
      for (const slot of Object.values(slots)) await SecureStore.deleteItemAsync(slot);
    }),
};

let last: Promise<void> = Promise.resolve();

/** One after the other: what is still being saved at a sign-out must not come back after it. */
function inTurn(step: () => Promise<void>): Promise<void> {
  const mine = last.then(step);
  last = mine.catch(() => undefined);
  return mine;
}

async function read(slot: string): Promise<string | undefined> {
  return (await SecureStore.getItemAsync(slot).catch(() => null)) ?? undefined;
}

function write(slot: string, text: string | undefined): Promise<void> {
  return text === undefined
    ? SecureStore.deleteItemAsync(slot)
    : SecureStore.setItemAsync(slot, text);
}

export const tokenStore = Platform.OS === 'web' ? inMemory : inSecureStore;
