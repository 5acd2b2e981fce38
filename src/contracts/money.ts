// Money is bigint minor units inside and a decimal string on the wire, because a JSON number above
// 2^53 - 1 silently becomes another amount in most parsers.

/** The largest amount or balance: the book stores signed 64-bit integers. */
export const minorMax = 2n ** 63n - 1n;

/**
 * Reads an amount in minor units: a canonical decimal string ("-12", "0", "9007199254740993") or a
 * safe JSON integer. Anything else (a fraction, an exponent, "+1", "007", more than 64 bits) is undefined.
 */
export function parseMinor(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (typeof value !== 'string' || !/^(0|-?[1-9][0-9]{0,18})$/.test(value)) return undefined;
  const minor = BigInt(value);
  return minor <= minorMax && minor >= -minorMax ? minor : undefined;
}
