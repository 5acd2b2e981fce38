// A check's result, for people.
import type { Report, Totals } from './checker.ts';

export function isClean({ stale, impossible, unexpected }: Totals): boolean {
  return stale === 0 && impossible === 0 && unexpected.length === 0;
}

/** Stale answers among a million. */
export function ppmOf({ stale, checked }: Pick<Totals, 'stale' | 'checked'>): number {
  return checked === 0 ? 0 : (stale / checked) * 1e6;
}

export function describeReport(report: Report): string {
  const { checked, stale, worstAgeMs, backwards, impossible, acknowledged, tookMs } = report;
  const seconds = tookMs / 1_000;
  return [
    `${checked} reads checked in ${seconds.toFixed(1)} s (${Math.round(checked / seconds)}/s), ` +
      `${acknowledged} transfers acknowledged`,
    `beside them, reads that accept an age: ${report.aged}`,
    `stale after an acknowledgement: ${stale} (${ppmOf(report).toFixed(1)} ppm), ` +
      `at worst outdated for ${worstAgeMs.toFixed(1)} ms`,
    `older than an earlier read, but not than an acknowledgement: ${backwards}`,
    `impossible: ${impossible}`,
    `without a balance or an acknowledgement: ${describeRefused(report)}`,
    `the checker itself: ${Math.round(report.cpuUs)} µs of CPU a read, heard late by ` +
      `${report.lateMs.toFixed(1)} ms at p99`,
    ...report.examples,
    ...report.unexpected.slice(0, 5),
  ].join('\n');
}

export function describeRefused({ refused }: Totals): string {
  const parts = Object.entries(refused).map(([what, count]) => `${what} ${count}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}
