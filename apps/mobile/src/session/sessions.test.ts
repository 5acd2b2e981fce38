import * as SecureStore from 'expo-secure-store';
import { SignInFailure } from './failure.ts';
import type { Provider } from './provider.ts';
import { openSession } from './session.ts';
import { createSessions } from './sessions.ts';

jest.mock('expo-secure-store');
jest.mock('./provider.ts');
jest.mock('./session.ts', () => ({
  openSession: jest.fn((parts: object) => ({
    ...parts,
    renew: jest.fn(),
    close: jest.fn(),
    leave: jest.fn(async () => undefined),
  })),
}));
const mockAsked = jest.fn();
jest.mock('@atlas/client', () => ({
  ...jest.requireActual<object>('@atlas/client'),
  createClient: () => ({ session: mockAsked, close: jest.fn() }),
}));

const store = jest.mocked(SecureStore);
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const past = 1;
const tokenOf = (sub: string, exp = Date.now() / 1_000 + 3_600, accounts = ['ada']) =>
  `h.${btoa(JSON.stringify({ tenant: 'tnt_test', sub, accounts, scope: '', exp }))}.s`;
const settings = { issuer: 'https://id.example', clientId: 'c', scope: 'openid', audience: null };
const providerOf = (signIn: Provider['signIn']) => ({ settings, signIn }) as Provider;

beforeEach(() => {
  jest.clearAllMocks();
  mockAsked.mockResolvedValue({});
  store.getItemAsync.mockResolvedValue(null);
});

async function opened(kept: Record<string, string> = {}) {
  store.getItemAsync.mockImplementation(async (slot) => kept[slot] ?? null);
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
  const { session } = await opened({ 'atlas.token': tokenOf('ada') });
  expect(session().claims.subject).toBe('ada');
});

test('a token that has ended signs in all the same when it can be renewed', async () => {
  const ended = { 'atlas.token': tokenOf('ada', past) };
  expect((await opened(ended)).sessions.read()).toMatchObject({ failure: { code: 'expired' } });
  const provider = JSON.stringify(settings);
  const { session } = await opened({
    ...ended,
    'atlas.token.refresh': 'r1',
    'atlas.token.provider': provider,
  });
  expect(session()).toMatchObject({
    credentials: { tokens: { refresh: 'r1' }, provider: settings },
  });
});

test('a pasted token signs in, whatever white space came with it', async () => {
  const { sessions, session } = await opened();
  expect(sessions.read().step).toBe('signed_out');
  const token = tokenOf('ada');
  sessions.signIn(`  ${token.slice(0, 20)}\n${token.slice(20)} `);
  expect(session()).toMatchObject({ credentials: { tokens: { access: token } } });
});

test('what is no token, or one that has ended, is said to be', async () => {
  const { sessions } = await opened();
  expect(() => sessions.signIn('nonsense')).toThrow(new SignInFailure('unreadable'));
  sessions.open({ token: tokenOf('ada', past) });
  expect(sessions.read()).toMatchObject({ step: 'signed_out', failure: { code: 'expired' } });
});

test('whom the provider knows is signed in once Atlas has taken the token', async () => {
  const { sessions, session } = await opened();
  const tokens = { access: tokenOf('ada'), refresh: 'r1', id: 'i1' };
  await expect(sessions.signInAt(providerOf(async () => undefined))).resolves.toBe(false);
  mockAsked.mockRejectedValueOnce({ code: 'unauthenticated', message: 'another audience' });
  const refused = sessions.signInAt(providerOf(async () => tokens));
  await expect(refused).rejects.toMatchObject({
    code: 'not_accepted',
    message: 'another audience',
  });
  expect(sessions.read().step).toBe('signed_out');
  await expect(sessions.signInAt(providerOf(async () => tokens))).resolves.toBe(true);
  expect(session()).toMatchObject({ credentials: { tokens, provider: settings } });
});

test('who signs in again stays in the same session', async () => {
  const { sessions, session } = await opened({ 'atlas.token': tokenOf('ada') });
  const before = session();
  const next = tokenOf('ada', Date.now() / 1_000 + 7_200);
  sessions.open({ token: next });
  expect(session()).toBe(before);
  expect(before.renew).toHaveBeenCalledWith(
    expect.objectContaining({ tokens: expect.objectContaining({ access: next }) }),
  );
});

test('a renewed token that lists other accounts shows these, in the same session', async () => {
  const { session } = await opened({ 'atlas.token': tokenOf('ada') });
  const before = session();
  const { onToken } = jest.mocked(openSession).mock.lastCall![0];
  onToken(tokenOf('ada'));
  expect(session()).toBe(before);
  onToken(tokenOf('ada', Date.now() / 1_000 + 60, ['ada', 'shop']));
  expect(session().claims.accounts).toEqual(['ada', 'shop']);
  expect(session().leave).toBe(before.leave);
});

test('a link signs nobody in over somebody else', async () => {
  const { sessions, session } = await opened({ 'atlas.token': tokenOf('ada') });
  sessions.open({ token: tokenOf('mallory') });
  expect(session().claims.subject).toBe('ada');
});

test('signing out is seen at once, and ends the session everywhere', async () => {
  const { sessions, session } = await opened({ 'atlas.token': tokenOf('ada') });
  const { leave } = session();
  sessions.signOut();
  expect(sessions.read()).toEqual({ step: 'signed_out', failure: undefined });
  expect(leave).toHaveBeenCalled();
});
