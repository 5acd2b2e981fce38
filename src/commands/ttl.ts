// How long a token lives, as people write it: 30s, 15m, 1h, 7d.
import { UsageError } from './command.ts';

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const ttlSecondsMax = 365 * 86_400;

/** Seconds. @throws UsageError for anything else than a positive number with its unit. */
export function parseTtl(text: string): number {
  const [, number, unit] = /^([1-9]\d{0,8})([smhd])$/.exec(text) ?? [];
  const seconds = Number(number) * (secondsOf[unit ?? ''] ?? Number.NaN);
  if (seconds <= ttlSecondsMax) return seconds;
  throw new UsageError(
    `--ttl must be a time such as 30s, 15m, 1h or 7d (at most 365d), not "${text}"`,
  );
}
