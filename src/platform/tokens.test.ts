import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignJWT, generateKeyPair } from 'jose';
import { createRevocations } from './revocations.ts';
import { createVerifier, TokenRevoked } from './tokens.ts';

const issuedAt = 1_800_000_000;
const hour = 3_600;

async function fixture({ lifeMaxMs = 30 * 86_400_000 } = {}) {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA');
  const clock = { nowMs: issuedAt * 1_000 };
  const revocations = createRevocations(() => clock.nowMs);
  const verifier = createVerifier({
    keys: () => Promise.resolve(publicKey),
    revocations,
    lifeMaxMs,
    nowMs: () => clock.nowMs,
  });
  const sign = (claims: Record<string, unknown> = {}) =>
    new SignJWT({
      tenant: 'tnt_demo',
      sub: 'ada',
      accounts: '*',
      iat: issuedAt,
      exp: issuedAt + hour,
      ...claims,
    })
      .setProtectedHeader({ alg: 'EdDSA' })
      .sign(privateKey);
  const revoke = (session: string | null, more = {}) =>
    revocations.add([
      {
        tenant: 'tnt_demo',
        subject: 'ada',
        session,
        revokedAtMs: clock.nowMs,
        expiresAtMs: clock.nowMs + hour * 1_000,
        ...more,
      },
    ]);
  const good = (token: string) =>
    verifier.verify(token).then(
      () => true,
      (error: unknown) => {
        assert.ok(error instanceof TokenRevoked);
        assert.equal(error.code, 'unauthenticated');
        return false;
      },
    );
  return { clock, revocations, verifier, sign, revoke, good };
}

test('a session is the one that the provider names, else the token by its id, else the token itself', async () => {
  const { verifier, sign } = await fixture();
  const session = async (claims: object) =>
    (await verifier.verify(await sign({ ...claims }))).session;
  assert.equal(await session({ sid: 's', jti: 'j' }), 's');
  assert.equal(await session({ jti: 'j' }), 'j');
  assert.equal(
    await session({ sid: '\0', jti: 'x'.repeat(256) }),
    await session({ sid: '\0', jti: 'x'.repeat(256) }),
  );
  assert.notEqual(await session({ n: 1 }), await session({ n: 2 }));
});

test('a revoked session is refused at once, verified before or not, and no other', async () => {
  const { sign, revoke, good } = await fixture();
  const [before, after, other, elsewhere, namesake] = await Promise.all([
    sign({ sid: 's1', n: 1 }),
    sign({ sid: 's1', n: 2 }),
    sign({ sid: 's2' }),
    sign({ sid: 's1', tenant: 'tnt_other' }),
    sign({ sid: 's1', sub: 'bob' }),
  ]);
  assert.equal(await good(before), true);
  revoke('s1');
  assert.equal(await good(before), false);
  assert.equal(await good(after), false);
  for (const token of [other, elsewhere, namesake]) assert.equal(await good(token), true);
});

test('all sessions of a subject end with the tokens that were issued by then', async () => {
  const { clock, sign, revoke, good } = await fixture();
  const [token, withoutTime] = [await sign(), await sign({ iat: undefined })];
  clock.nowMs += 500;
  revoke(null);
  assert.equal(await good(token), false);
  assert.equal(await good(withoutTime), false, 'it may be older');
  assert.equal(await good(await sign({ jti: 'later', iat: issuedAt + 1 })), true);
  revoke('later', { revokedAtMs: 0 });
  assert.equal(await good(await sign({ jti: 'later', iat: issuedAt + 1 })), false);
});

test('a revocation is forgotten when its tokens have ended, and not before', async () => {
  const { clock, revocations, sign, revoke, good } = await fixture();
  revoke('s1');
  clock.nowMs += hour * 1_000 - 1;
  revoke('s2');
  assert.equal(await good(await sign({ sid: 's1' })), false);
  assert.equal(revocations.size, 1);
  clock.nowMs += 2 * hour * 1_000;
  revocations.add([]);
  assert.equal(revocations.size, 0);
});

test('no token lives longer than the longest life, whatever it says', async () => {
  const { clock, verifier, sign } = await fixture({ lifeMaxMs: 2 * hour * 1_000 });
  const token = await sign({ exp: issuedAt + 100 * hour });
  assert.equal((await verifier.verify(token)).expiresAtMs, (issuedAt + 2 * hour) * 1_000);
  clock.nowMs += 2 * hour * 1_000;
  await assert.rejects(verifier.verify(token), { message: 'The token has expired.' });
  const late = await sign({ exp: issuedAt + 100 * hour, n: 2 });
  await assert.rejects(verifier.verify(late), { message: 'The token has expired.' });
});

test('a token of another issuer or for another audience is told so, once its signature is genuine', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const verifier = createVerifier({
    keys: () => Promise.resolve(publicKey),
    revocations: createRevocations(),
    lifeMaxMs: hour * 1_000,
    issuer: 'https://id.example',
    audience: 'atlas',
  });
  const reason = async (iss: string, aud: string) => {
    const token = await new SignJWT({ tenant: 't', sub: 'ada', accounts: '*', iss, aud })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
    return verifier.verify(token).then(
      () => 'taken',
      (error: Error) => error.message,
    );
  };
  assert.equal(await reason('https://id.example', 'atlas'), 'taken');
  assert.match(await reason('https://other.example', 'atlas'), /another issuer than AUTH_ISSUER/);
  assert.match(await reason('https://id.example', 'other'), /another audience than AUTH_AUDIENCE/);
});
