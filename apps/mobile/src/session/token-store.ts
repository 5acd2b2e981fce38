// The token is kept where the device keeps secrets: Keychain and Keystore. A browser has no such place,
// so there it stays in memory and ends with the page.
import * as SecureStore from 'expo-secure-store';
import { Platform } from 'react-native';

export interface TokenStore {
  load(): Promise<string | undefined>;
  save(token: string): Promise<void>;
  clear(): Promise<void>;
}

const slot = 'atlas.token';

const inMemory: TokenStore = {
  load: async () => undefined,
  save: async () => undefined,
  clear: async () => undefined,
};

const inSecureStore: TokenStore = {
  load: async () => (await SecureStore.getItemAsync(slot).catch(() => null)) ?? undefined,
  save: (token) => SecureStore.setItemAsync(slot, token),
  clear: () => SecureStore.deleteItemAsync(slot),
};

export const tokenStore = Platform.OS === 'web' ? inMemory : inSecureStore;
