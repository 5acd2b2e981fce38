import * as SecureStore from 'expo-secure-store';
import { tokenStore } from './token-store.ts';

jest.mock('expo-secure-store');
const store = jest.mocked(SecureStore);
const kept = new Map<string, string>();
const settings = { issuer: 'https://id.example', clientId: 'c', scope: 'openid', audience: null };
const soon = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

beforeEach(() => {
  kept.clear();
  store.getItemAsync.mockImplementation(async (slot) => kept.get(slot) ?? null);
  store.deleteItemAsync.mockImplementation(async (slot) => void kept.delete(slot));
  store.setItemAsync.mockImplementation(async (slot, text) => {
    await soon();
    kept.set(slot, text);
  });
});

test('what is kept is there again after a restart, with where it is renewed', async () => {
  const credentials = {
    tokens: { access: 'a1', refresh: 'r1', id: 'i1' },
    provider: settings,
  };
  await tokenStore.save(credentials);
  expect(await tokenStore.load()).toEqual(credentials);
  const pasted = {
    tokens: { access: 'a2', refresh: undefined, id: undefined },
    provider: undefined,
  };
  await tokenStore.save(pasted);
  expect(await tokenStore.load()).toEqual(pasted);
});

test('what is still being saved at a sign-out does not come back after it', async () => {
  const tokens = { access: 'a1', refresh: 'r1', id: undefined };
  void tokenStore.save({ tokens, provider: settings });
  await tokenStore.clear();
  await soon();
  expect(await tokenStore.load()).toBeUndefined();
  expect(kept.size).toBe(0);
});

test('a store that fails once is used again', async () => {
  store.setItemAsync.mockRejectedValueOnce(new Error('locked'));
  const tokens = { access: 'a1', refresh: 'r1', id: undefined };
  await expect(tokenStore.save({ tokens, provider: undefined })).rejects.toThrow('locked');
  await tokenStore.save({ tokens, provider: undefined });
  expect((await tokenStore.load())?.tokens).toEqual(tokens);
});
