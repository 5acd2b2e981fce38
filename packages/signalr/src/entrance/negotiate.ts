/**
 * Tells a client which transports there are and gives it a connection token. Nothing is remembered:
 * an id that is never used runs out by itself.
 */
import type { ConnectionTokens } from './connection-tokens.ts';

const versionMax = 1;
const availableTransports = [
  { transport: 'WebSockets', transferFormats: ['Text', 'Binary'] },
  { transport: 'ServerSentEvents', transferFormats: ['Text'] },
  { transport: 'LongPolling', transferFormats: ['Text', 'Binary'] },
] as const;

/** The body of the answer, which is a success also when it holds an error. */
export function negotiate(query: URLSearchParams, tokens: ConnectionTokens): object {
  const version = query.get('negotiateVersion') ?? '0';
  if (!/^\d{1,9}$/.test(version)) {
    return { negotiateVersion: versionMax, error: 'The negotiateVersion must be a number.' };
  }
  const negotiateVersion = Math.min(Number(version), versionMax);
  const stateful = query.get('useStatefulReconnect')?.toLowerCase() === 'true';
  const { connectionId, connectionToken } = tokens.issue({ stateful });
  return {
    negotiateVersion,
    // Version 0 knows one id only, which then has to be the secret one.
    ...(negotiateVersion === 0
      ? { connectionId: connectionToken }
      : { connectionId, connectionToken }),
    // Who has not asked for it fails when it is mentioned.
    ...(stateful && { useStatefulReconnect: true }),
    availableTransports,
  };
}
