/**
 * Tells a client which transports there are and gives it a connection token. Nothing is remembered:
 * an id that is never used runs out by itself.
 */
import type { ConnectionTokens } from './connection-tokens.ts';

const versionMax = 1;
const availableTransports = [
  { transport: 'WebSockets', transferFormats: ['Text', 'Binary'] },
] as const;

/** `version` is the query parameter `negotiateVersion` as it came. */
export function negotiate(version: string | null, tokens: ConnectionTokens): object {
  if (!/^\d{1,9}$/.test(version ?? '0')) {
    return { negotiateVersion: versionMax, error: 'The negotiateVersion must be a number.' };
  }
  const negotiateVersion = Math.min(Number(version ?? 0), versionMax);
  const { connectionId, connectionToken } = tokens.issue();
  // Version 0 knows one id only, which then has to be the secret one.
  const ids =
    negotiateVersion === 0 ? { connectionId: connectionToken } : { connectionId, connectionToken };
  return { negotiateVersion, ...ids, availableTransports };
}
