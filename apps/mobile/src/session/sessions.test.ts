import * as SecureStore from 'expo-secure-store';
import { createSessions } from './sessions.ts';

jest.mock('expo-secure-store');
jest.mock('./session.ts', () => ({
  openSession: jest.fn((token: string, claims: object) => ({
    token,
    claims,
    renew: jest.fn(),
    close: jest.fn(),
    forget: jest.fn(),
    atlas: { signOut: jest.fn(async () => undefined) },
  })),
}));

const store = jest.mocked(SecureStore);
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const tokenOf = (sub: string, exp = Date.now() / 1_000 + 3_600) =>
  `h.${btoa(JSON.stringify({ tenant: 'tnt_test', sub, accounts: ['ada'], scope: '', exp }))}.s`;

beforeEach(() => {
  store.getItemAsync.mockResolvedValue(null);
  store.setItemAsync.mockResolvedValue(undefined);
  store.deleteItemAsync.mockResolvedValue(undefined);
});

async function opened(kept: string | null = null) {
  store.getItemAsync.mockResolvedValue(kept);
  const sessions = createSessions();
  await settled();
  const session = () => {
    const state = sessions.read();
    if (state.step !== 'signed_in') throw new Error(state.step);
    return state.session;
  };
  return { sessions, session };
}

test('a token in the secure store signs in at the start', async () => {
  const { session } = await opened(tokenOf('ada'));
  expect(session().claims.subject).toBe('ada');
});

test('a pasted token signs in, whatever white space came with it, and is kept securely', async () => {
  const { sessions, session } = await opened();
  expect(sessions.read().step).toBe('signed_out');
  const token = tokenOf('ada');
  expect(sessions.signIn(`  ${token.slice(0, 20)}\n${token.slice(20)} `)).toBeUndefined();
  expect(session().claims.subject).toBe('ada');
  expect(store.setItemAsync).toHaveBeenCalledWith('atlas.token', token);
});

test('what is no token, or one that has ended, is said to be', async () => {
  const { sessions } = await opened();
  expect(sessions.signIn('nonsense')).toBe('unreadable');
  expect(sessions.signIn(tokenOf('ada', 1))).toBe('expired');
  expect(sessions.read()).toEqual({ step: 'signed_out', fault: 'expired' });
});

test('who signs in again stays in the same session', async () => {
  const { sessions, session } = await opened(tokenOf('ada'));
  const before = session();
  const next = tokenOf('ada', Date.now() / 1_000 + 7_200);
  sessions.open({ token: next });
  expect(session()).toBe(before);
  expect(before.renew).toHaveBeenCalledWith(next);
});

test('a link signs nobody in over somebody else', async () => {
  const { sessions, session } = await opened(tokenOf('ada'));
  sessions.open({ token: tokenOf('mallory') });
  expect(session().claims.subject).toBe('ada');
});

test('signing out forgets the token here and ends it everywhere', async () => {
  const { sessions, session } = await opened(tokenOf('ada'));
  const { atlas, forget } = session();
  sessions.signOut();
  expect(sessions.read()).toEqual({ step: 'signed_out', fault: undefined });
  expect(store.deleteItemAsync).toHaveBeenCalledWith('atlas.token');
  expect(atlas.signOut).toHaveBeenCalled();
  expect(forget).toHaveBeenCalled();
});
