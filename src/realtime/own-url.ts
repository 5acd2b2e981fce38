// Where other replicas reach this one.
import { networkInterfaces } from 'node:os';
import type { Settings } from '../platform/settings.ts';

/** @param url where it listens; a wildcard host is none that others can call. */
export function ownUrl({ REALTIME_INTERNAL, ATLAS_HOST }: Settings, url: string): string {
  if (REALTIME_INTERNAL !== undefined) return REALTIME_INTERNAL;
  if (ATLAS_HOST !== '0.0.0.0' && ATLAS_HOST !== '::') return url;
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  return outside === undefined ? url : `http://${outside.address}:${new URL(url).port}`;
}
