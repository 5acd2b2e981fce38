// Verifies bearer tokens (JWT by EdDSA, ES256 or RS256). A signature costs up to 100 µs, so a good
// token is verified once and kept by its hash until it expires. Whether it was revoked is asked each time.
import { hash } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { ProblemError } from '../contracts/problems.ts';
import type { Identity } from './identity.ts';
import type { Revocations } from './revocations.ts';

const verifiedTokensMax = 50_000;
export const tokenLengthMax = 8_192;
const endLength = 64;
const bearerForm = /^Bearer +([^\s]+)$/i;
/** Text that a database takes. */
const sessionForm = /^[^\p{Cc}\p{Cs}]{1,255}$/u;

export interface TokenVerifier {
  /** @throws ProblemError `unauthenticated` with the reason in words; `unavailable` without keys. */
  verify(token: string): Promise<Identity>;
  /**
   * Whose token this seems to be, where one with its end was verified before and is still good: a look
   * for those who refuse, and grant nothing. Only `verify` tells that the rest of it is genuine.
   */
  known(authorization: string | undefined): Identity | undefined;
}

/** The token is good but for its revocation; `identity` is whose it was. */
export class TokenRevoked extends ProblemError {
  readonly identity: Identity;

  constructor(identity: Identity) {
    super('unauthenticated', 'The token was revoked.');
    this.identity = identity;
  }
}

export interface VerifierOptions {
  readonly keys: JWTVerifyGetKey;
  readonly revocations: Pick<Revocations, 'covers'>;
  /** No token is good for longer after it was issued, whatever it says itself. */
  readonly lifeMaxMs: number;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  readonly nowMs?: () => number;
}

/** A part of the signature, which nobody knows but who has the token: a tenth of a hash's time. */
function endOf(token: string): string {
  return token.slice(-endLength);
}

export function createVerifier(options: VerifierOptions): TokenVerifier {
  const { keys, revocations, lifeMaxMs, issuer, audience, nowMs = Date.now } = options;
  const verified = new Map<string, Identity>();
  const byEnd = new Map<string, Identity>();

  function good(identity: Identity): Identity {
    if (identity.expiresAtMs <= nowMs()) throw unauthenticated('The token has expired.');
    if (revocations.covers(identity)) throw new TokenRevoked(identity);
    return identity;
  }

  return {
    known(authorization) {
      const identity = byEnd.get(endOf(authorization ?? ''));
      if (identity === undefined || identity.expiresAtMs <= nowMs()) return undefined;
      return revocations.covers(identity) ? undefined : identity;
    },
    async verify(token) {
      if (token.length > tokenLengthMax) throw unauthenticated('The token is too long.');
      const digest = hash('sha256', token, 'base64');
      const known = verified.get(digest);
      if (known !== undefined) {
        if (known.expiresAtMs <= nowMs()) verified.delete(digest);
        return good(known);
      }
      const payload = await payloadOf(token, { keys, issuer, audience, nowMs });
      const identity = identityOf(payload, { digest, lifeMaxMs });
      for (const [map, name] of [
        [verified, digest],
        [byEnd, endOf(token)],
      ] as const) {
        if (map.size >= verifiedTokensMax) map.delete(map.keys().next().value!);
        map.set(name, identity);
      }
      return good(identity);
    },
  };
}

/** Keys of an identity provider, fetched when first needed and again when an unknown key appears. */
export function remoteKeys(url: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(url), { timeoutDuration: 5_000, cooldownDuration: 30_000 });
}

/** The token of an `Authorization: Bearer` header. @throws ProblemError `unauthenticated`. */
export function bearerToken(header: string | undefined): string {
  const match = bearerForm.exec(header ?? '');
  if (match?.[1] === undefined) throw unauthenticated('Send "Authorization: Bearer <token>".');
  return match[1];
}

async function payloadOf(
  token: string,
  {
    keys,
    issuer,
    audience,
    nowMs,
  }: Pick<VerifierOptions, 'keys' | 'issuer' | 'audience'> & { readonly nowMs: () => number },
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['EdDSA', 'ES256', 'RS256'],
      requiredClaims: ['sub', 'exp'],
      currentDate: new Date(nowMs()),
      ...(issuer === undefined ? {} : { issuer }),
      ...(audience === undefined ? {} : { audience }),
    });
    return payload;
  } catch (error) {
    const { code = '', claim } = error as { code?: string; claim?: string };
    if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED' && claim === 'iss') {
      throw unauthenticated('The token is of another issuer than AUTH_ISSUER.');
    }
    if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED' && claim === 'aud') {
      throw unauthenticated('The token is for another audience than AUTH_AUDIENCE.');
    }
    if (code === 'ERR_JWT_EXPIRED') throw unauthenticated('The token has expired.');
    if (/^ERR_(JWT|JWS|JOSE|JWKS_NO_MATCHING_KEY|JWKS_MULTIPLE)/.test(code)) {
      throw unauthenticated('The token is not valid.');
    }
    throw new ProblemError('unavailable', 'The keys that verify tokens cannot be fetched now.');
  }
}

function identityOf(
  payload: JWTPayload,
  { digest, lifeMaxMs }: { readonly digest: string; readonly lifeMaxMs: number },
): Identity {
  const { sub, exp, iat, sid, jti, tenant, accounts, scope, traffic } = payload;
  if (typeof tenant !== 'string' || !/^[A-Za-z0-9_.-]{1,64}$/.test(tenant)) {
    throw unauthenticated('The token names no tenant.');
  }
  if (typeof sub !== 'string' || sub.length === 0 || sub.length > 255 || exp === undefined) {
    throw unauthenticated('The token names no subject.');
  }
  const isList = Array.isArray(accounts) && accounts.every((id) => typeof id === 'string');
  if (accounts !== '*' && !isList) throw unauthenticated('The token lists no accounts.');
  return {
    subject: sub,
    tenant,
    accounts: accounts === '*' ? '*' : new Set(accounts),
    scopes: new Set(typeof scope === 'string' ? scope.split(' ') : []),
    bulk: traffic === 'bulk',
    expiresAtMs: Math.min(exp * 1_000, iat === undefined ? Infinity : iat * 1_000 + lifeMaxMs),
    issuedAtMs: iat === undefined ? undefined : iat * 1_000,
    session: [sid, jti].find(isSession) ?? digest,
    sharesSession: isSession(sid),
  };
}

function isSession(value: unknown): value is string {
  return typeof value === 'string' && sessionForm.test(value);
}

function unauthenticated(detail: string): ProblemError {
  return new ProblemError('unauthenticated', detail);
}
