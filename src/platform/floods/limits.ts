// What one server takes from its callers before it knows who they are.
import { SettingError, type Settings } from '../settings.ts';
import { Callers, privateNetworks } from './callers.ts';

export interface ServerLimits {
  readonly callers: Callers;
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  /** Under way at once. */
  readonly requestsPerAddressMax: number;
  /** Under way at once: sent one after the other without waiting for answers. */
  readonly requestsPerConnectionMax: number;
  readonly headBytesMax: number;
  readonly headTimeoutMs: number;
  /** For head and body together. */
  readonly requestTimeoutMs: number;
  /** A body has at least so many bytes in each of these stretches, while we wait for it. */
  readonly bodyBytesMin: number;
  readonly bodyStretchMs: number;
  /** How often it is looked for what is too slow. */
  readonly lookEveryMs: number;
}

const bodyStretchMs = 10_000;

/** @throws SettingError */
export function serverLimits(settings: Settings): ServerLimits {
  return {
    callers: callersOf(settings.ATLAS_TRUSTED_PROXIES ?? privateNetworks),
    connectionsMax: settings.ATLAS_CONNECTIONS,
    connectionsPerAddressMax: settings.ATLAS_CONNECTIONS_PER_ADDRESS,
    requestsPerAddressMax: settings.ATLAS_REQUESTS_PER_ADDRESS,
    requestsPerConnectionMax: 64,
    headBytesMax: 16 * 1024,
    headTimeoutMs: settings.ATLAS_HEAD_TIMEOUT_MS,
    requestTimeoutMs: settings.ATLAS_REQUEST_TIMEOUT_MS,
    bodyBytesMin: (settings.ATLAS_BODY_BYTES_PER_SEC * bodyStretchMs) / 1_000,
    bodyStretchMs,
    lookEveryMs: 1_000,
  };
}

function callersOf(proxies: readonly string[]): Callers {
  try {
    return new Callers(proxies);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SettingError(`ATLAS_TRUSTED_PROXIES: ${error.message}`);
  }
}
