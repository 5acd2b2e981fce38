/**
 * A key that no other device makes. A runtime without a good source of randomness (Hermes draws
 * Math.random from 31 bits) must bring its own keys, or two phones will use the same one some day.
 */
export function newIdempotencyKey(): string {
  const { crypto } = globalThis;
  if (typeof crypto?.getRandomValues !== 'function') {
    throw new Error('No crypto.getRandomValues here: pass `newKey` to createClient, or `key`.');
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
