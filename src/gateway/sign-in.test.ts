import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from '../platform/settings.ts';
import { readSignIns } from './sign-in.ts';
import { codeOf, testGateway } from './testing.ts';

const provider = {
  AUTH_JWKS_URL: 'https://id.example/keys',
  AUTH_ISSUER: 'https://id.example/realm',
  AUTH_AUDIENCE: 'https://atlas.example',
  CONSOLE_OIDC_ISSUER: 'https://id.example/realm',
  CONSOLE_OIDC_CLIENT_ID: 'atlas-console',
};

const read = (settings: Record<string, string>) => readSignIns(readSettings(settings));

test('each app is told without a token where people sign in to it, and nothing else', async () => {
  await using gateway = await testGateway({});
  for (const path of ['/console.json', '/mobile.json']) {
    const answer = await fetch(`${gateway.url}${path}`);
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { signIn: null, developmentTokens: true });
  }
  const asConsole = {
    issuer: 'https://id.example/realm',
    clientId: 'atlas-console',
    scope: 'openid transfers balances accounts ops',
    audience: null,
  };
  assert.deepEqual(read(provider), { console: asConsole, mobile: null });
  assert.deepEqual(read({ ...provider, MOBILE_OIDC_CLIENT_ID: 'atlas-mobile' }).mobile, {
    ...asConsole,
    clientId: 'atlas-mobile',
    scope: 'openid offline_access transfers balances accounts',
  });
});

test('settings that cannot work together stop the start with what is missing', () => {
  const without = (name: keyof typeof provider) => ({ ...provider, [name]: '' });
  assert.deepEqual(read(without('CONSOLE_OIDC_ISSUER')), { console: null, mobile: null });
  for (const [settings, message] of [
    [without('CONSOLE_OIDC_CLIENT_ID'), /needs CONSOLE_OIDC_CLIENT_ID/],
    [without('AUTH_JWKS_URL'), /needs AUTH_JWKS_URL/],
    [{ ...provider, CONSOLE_OIDC_SCOPE: 'ops' }, /CONSOLE_OIDC_SCOPE must have "openid"/],
    [{ ...provider, MOBILE_OIDC_SCOPE: 'balances' }, /MOBILE_OIDC_SCOPE must have "openid"/],
    [{ MOBILE_OIDC_CLIENT_ID: 'atlas-mobile' }, /needs CONSOLE_OIDC_ISSUER/],
    [{ ...provider, CONSOLE_OIDC_ISSUER: 'http://id.example' }, /https:/],
  ] as const) {
    assert.throws(() => read(settings), message);
  }
  assert.ok(read({ ...provider, CONSOLE_OIDC_ISSUER: 'http://localhost:9000' }).console);
});

test('whoever sends a token hears whose it is, or what is wrong with it', async () => {
  await using gateway = await testGateway({});
  const answer = await gateway.fetch('/sessions/current');
  assert.equal(answer.headers.get('cache-control'), 'private, no-store');
  const { session, expiresAt, ...rest } = (await answer.json()) as Record<string, unknown>;
  assert.deepEqual(rest, {
    tenant: 'tnt_demo',
    subject: 'tester',
    accounts: '*',
    scopes: ['transfers', 'ops', 'balances', 'accounts'],
  });
  assert.equal(typeof session, 'string');
  assert.ok(Date.parse(String(expiresAt)) > Date.now());
  const refused = await fetch(`${gateway.url}/sessions/current`);
  assert.equal(await codeOf(refused), '401 unauthenticated');
});
