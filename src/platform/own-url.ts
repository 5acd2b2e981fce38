// Where other processes reach this one.
import { networkInterfaces } from 'node:os';

/** @param url where it listens; a wildcard host is none that others can call. */
export function ownUrl({ ATLAS_HOST }: { readonly ATLAS_HOST: string }, url: string): string {
  if (ATLAS_HOST !== '0.0.0.0' && ATLAS_HOST !== '::') return url;
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  return outside === undefined ? url : `http://${outside.address}:${new URL(url).port}`;
}
