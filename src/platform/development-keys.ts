// The development key pair and the internal secret, kept in ATLAS_DATA so that a restart or another
// role on the same machine accepts yesterday's tokens. Never used where AUTH_JWKS_URL is set.
import { randomBytes, randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  SignJWT,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTVerifyGetKey,
} from 'jose';
import { makeDataFolder } from './data-folder.ts';

export interface DevelopmentKeys {
  readonly verifyKeys: JWTVerifyGetKey;
  readonly internalSecret: string;
  sign(claims: DevelopmentClaims): Promise<string>;
}

export interface DevelopmentClaims {
  readonly tenant: string;
  readonly subject: string;
  readonly accounts: readonly string[] | '*';
  readonly scope: string;
  /** `bulk`: what is sent with the token can wait. */
  readonly traffic?: 'normal' | 'bulk';
  readonly ttlSeconds: number;
}

interface KeyFile {
  readonly privateKey: JWK;
  readonly publicKey: JWK;
  readonly internalSecret: string;
}

/** Reads the keys in `folder`, or makes them; several processes that start at once agree on one. */
export async function developmentKeys(folder: string): Promise<DevelopmentKeys> {
  const path = join(folder, 'development-keys.json');
  const file = (await readKeys(path)) ?? (await makeKeys(folder, path));
  const privateKey = await importJWK(file.privateKey, 'EdDSA');
  return {
    verifyKeys: createLocalJWKSet({ keys: [file.publicKey] }),
    internalSecret: file.internalSecret,
    sign: ({ tenant, subject, accounts, scope, traffic, ttlSeconds }) =>
      new SignJWT({
        tenant,
        accounts: accounts === '*' ? '*' : [...accounts],
        scope,
        ...(traffic === 'bulk' ? { traffic } : {}),
      })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'development' })
        .setSubject(subject)
        .setIssuedAt()
        .setJti(randomUUID())
        .setExpirationTime(Math.floor(Date.now() / 1_000) + ttlSeconds)
        .sign(privateKey),
  };
}

async function readKeys(path: string): Promise<KeyFile | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as KeyFile;
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw new Error(
      `${path} cannot be read: ${(error as Error).message}; remove it to make new keys`,
      { cause: error },
    );
  }
}

async function makeKeys(folder: string, path: string): Promise<KeyFile> {
  const pair = await generateKeyPair('EdDSA', { extractable: true });
  const common = { kid: 'development', alg: 'EdDSA' };
  const file: KeyFile = {
    privateKey: { ...(await exportJWK(pair.privateKey)), ...common },
    publicKey: { ...(await exportJWK(pair.publicKey)), ...common },
    internalSecret: randomBytes(32).toString('base64url'),
  };
  await makeDataFolder(folder);
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, JSON.stringify(file), { mode: 0o600 });
  try {
    // A link fails where the file exists, so the first of several processes wins.
    await link(draft, path);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') await rename(draft, path);
  }
  await rm(draft, { force: true });
  return (await readKeys(path)) ?? file;
}
