// What outlives the app, apart from the token: texts by key, under one prefix so that a sign-out finds
// them all. What cannot be kept is only not kept; the app must not fail for it.
import AsyncStorage from '@react-native-async-storage/async-storage';

const prefix = 'atlas.';
/** Open transfers stay over a sign-out: a key that is forgotten is how money is sent twice. */
export const openTransferPrefix = 'atlas.open-transfer/';

export const storage = {
  async load(key: string): Promise<string | undefined> {
    return (await AsyncStorage.getItem(key).catch(() => null)) ?? undefined;
  },
  async save(key: string, text: string): Promise<void> {
    await AsyncStorage.setItem(key, text).catch(() => undefined);
  },
  async remove(key: string): Promise<void> {
    await AsyncStorage.removeItem(key).catch(() => undefined);
  },
  async keys(startsWith: string): Promise<readonly string[]> {
    const all = await AsyncStorage.getAllKeys().catch((): readonly string[] => []);
    return all.filter((key) => key.startsWith(startsWith));
  },
  /** At sign-out. */
  async forget(): Promise<void> {
    const keys = await storage.keys(prefix);
    const ours = keys.filter((key) => !key.startsWith(openTransferPrefix));
    await AsyncStorage.multiRemove(ours).catch(() => undefined);
  },
};
