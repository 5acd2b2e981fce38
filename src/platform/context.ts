// What every role is built from: its settings, log, metrics and token verifier.
import { readFileSync } from 'node:fs';
import type { JWTVerifyGetKey } from 'jose';
import { createControl, type Control } from './control.ts';
import { developmentKeys, type DevelopmentKeys } from './development-keys.ts';
import { Guards } from './guards/guards.ts';
import { createLog, type Log } from './logs.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { localOrigins, requireOrigins } from './origins.ts';
import { SettingError, type Settings } from './settings.ts';
import { createStages, type Stages } from './stages.ts';
import { createVerifier, remoteKeys, type TokenVerifier } from './tokens.ts';

const dayMs = 86_400_000;
const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };

/** What the roles of one process share. */
export interface ProcessContext {
  readonly settings: Settings;
  readonly verifier: TokenVerifier;
  /** Revocations, audit and the other nodes; `startRoles` connects it. */
  readonly control: Control;
  /** When the last transfers passed here. */
  readonly stages: Stages;
  readonly internalSecret: string;
  readonly corsOrigins: readonly string[];
  /** Of the program. */
  readonly version: string;
  /** Present where the development key is in use. */
  readonly developmentKeys?: DevelopmentKeys;
  /** Before what all roles of the process call: the core. */
  readonly guards: Guards;
  /** Log and metrics of one role, and the guards before what it calls. */
  forRole(role: string): { readonly log: Log; readonly metrics: Metrics; readonly guards: Guards };
}

/**
 * `development` is true for `atlas up`: without AUTH_JWKS_URL the key in ATLAS_DATA is used.
 * @throws SettingError when a single role is started without a way to verify tokens.
 */
export async function createProcessContext(
  settings: Settings,
  { development }: { development: boolean },
): Promise<ProcessContext> {
  const useDevelopmentKeys =
    settings.AUTH_JWKS_URL === undefined && (development || settings.ATLAS_DEV);
  if (settings.AUTH_JWKS_URL === undefined && !useDevelopmentKeys) {
    throw new SettingError(
      'Set AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE, or ATLAS_DEV=1 for the development key',
    );
  }
  const secret = settings.LEDGER_INTERNAL_SECRET;
  if (secret !== undefined && secret.length < 32) {
    throw new SettingError('LEDGER_INTERNAL_SECRET must have 32 characters or more');
  }
  const keys =
    useDevelopmentKeys || (development && secret === undefined)
      ? await developmentKeys(settings.ATLAS_DATA)
      : undefined;
  const internalSecret = secret ?? keys?.internalSecret;
  if (internalSecret === undefined) {
    throw new SettingError('LEDGER_INTERNAL_SECRET must be set: the roles trust each other by it');
  }
  const level = settings.ATLAS_LOG_LEVEL ?? (development ? 'warn' : 'info');
  const tokenLifeMaxMs = settings.AUTH_TOKEN_DAYS_MAX * dayMs;
  const control = createControl({
    version,
    tokenLifeMaxMs,
    auditRecordsMax: settings.ATLAS_AUDIT_QUEUE,
    log: createLog('control', level),
  });
  const shared = new Guards(createLog('process', level));
  return {
    settings,
    version,
    control,
    stages: createStages(),
    guards: shared,
    internalSecret,
    verifier: createVerifier({
      keys: verifyKeys(settings, useDevelopmentKeys ? keys : undefined),
      revocations: control.revocations,
      lifeMaxMs: tokenLifeMaxMs,
      issuer: settings.AUTH_ISSUER,
      audience: settings.AUTH_AUDIENCE,
    }),
    corsOrigins: requireOrigins(settings.CORS_ORIGINS ?? (development ? localOrigins : [])),
    ...(useDevelopmentKeys && keys !== undefined ? { developmentKeys: keys } : {}),
    forRole(role) {
      const metrics = createMetrics(role);
      control.expose(metrics);
      const log = createLog(role, level);
      const guards = new Guards(log, shared);
      guards.expose(metrics);
      return { log, metrics, guards };
    },
  };
}

function verifyKeys(settings: Settings, keys: DevelopmentKeys | undefined): JWTVerifyGetKey {
  if (keys !== undefined) return keys.verifyKeys;
  if (settings.AUTH_ISSUER === undefined || settings.AUTH_AUDIENCE === undefined) {
    throw new SettingError('AUTH_JWKS_URL needs AUTH_ISSUER and AUTH_AUDIENCE beside it');
  }
  return remoteKeys(settings.AUTH_JWKS_URL!);
}
