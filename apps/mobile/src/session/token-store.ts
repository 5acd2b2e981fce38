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
  async save({ tokens, provider }) {
    await Promise.all([
      write(slots.refresh, tokens.refresh),
      write(slots.access, tokens.access),
      write(slots.id, tokens.id),
      write(slots.provider, provider && JSON.stringify(provider)),
    ]);
  },
  async clear() {
    await Promise.all(Object.values(slots).map((slot) => SecureStore.deleteItemAsync(slot)));
  },
};

async function read(slot: string): Promise<string | undefined> {
  return (await SecureStore.getItemAsync(slot).catch(() => null)) ?? undefined;
}

function write(slot: string, text: string | undefined): Promise<void> {
  return text === undefined
    ? SecureStore.deleteItemAsync(slot)
    : SecureStore.setItemAsync(slot, text);
}

export const tokenStore = Platform.OS === 'web' ? inMemory : inSecureStore;
