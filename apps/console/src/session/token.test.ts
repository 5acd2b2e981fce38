import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readClaims } from '@atlas/client';
import { isDevelopmentToken, mayDebit, takeTokenFromAddress } from './token.ts';

const tokenOf = (claims: object) =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;

const claims = (accounts: unknown, scope: string) =>
  readClaims(tokenOf({ tenant: 't', sub: 's', exp: 1, accounts, scope }))!;

test('claims say who, for which accounts and until when', () => {
  const read = readClaims(
    tokenOf({ tenant: 'tnt_demo', sub: 'ada é', accounts: '*', scope: 'transfers ops', exp: 100 }),
  );
  assert.deepEqual(read, {
    tenant: 'tnt_demo',
    subject: 'ada é',
    accounts: '*',
    scopes: ['transfers', 'ops'],
    expiresAtMs: 100_000,
  });
});

test('text that is no token is recognised before it is sent anywhere', () => {
  for (const text of [
    '',
    'hello',
    'a.b.c',
    'a..c',
    tokenOf({ sub: 'x' }),
    tokenOf({ tenant: 't' }),
  ])
    assert.equal(readClaims(text), undefined, text);
});

test('a development token is known by its key, and no other token is taken for one', () => {
  const withHeader = (header: object) =>
    `${Buffer.from(JSON.stringify(header)).toString('base64url')}.e30.c2ln`;
  assert.equal(isDevelopmentToken(withHeader({ alg: 'EdDSA', kid: 'development' })), true);
  assert.equal(isDevelopmentToken(withHeader({ alg: 'RS256', kid: 'key-1' })), false);
  assert.equal(isDevelopmentToken('no token'), false);
});

test('only own accounts can be debited, and only with the scope for it', () => {
  assert.equal(mayDebit(claims(['a'], 'transfers'), 'a'), true);
  assert.equal(mayDebit(claims(['a'], 'transfers'), 'b'), false);
  assert.equal(mayDebit(claims('*', 'transfers'), 'b'), true);
  assert.equal(mayDebit(claims('*', 'balances'), 'b'), false);
  assert.equal(mayDebit(claims(undefined, 'transfers'), 'b'), false);
});

test('a signed-in link gives its token once and leaves the address bar without it', () => {
  const addresses: string[] = [];
  const history = {
    replaceState: (_: unknown, __: string, url?: string | URL | null) =>
      addresses.push(String(url)),
  };
  const location = { hash: '#token=a.b.c', pathname: '/accounts/x', search: '?prefix=m' };
  assert.equal(takeTokenFromAddress(location, history), 'a.b.c');
  assert.equal(takeTokenFromAddress({ ...location, hash: '' }, history), undefined);
  assert.deepEqual(addresses, ['/accounts/x?prefix=m']);
});
