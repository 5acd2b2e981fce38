// Figures as people read them at a glance: as many digits as matter, thousands apart, and a dash for what
// is not known, which is never 0.

const narrowSpace = '\u202f';
const unknown = '–';

/** 12 345 */
export function countText(count: number | undefined): string {
  if (count === undefined) return unknown;
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, narrowSpace);
}

/** 0, 0.4, 12 or 1 234: of something that has no unit of its own. */
export function rateText(rate: number | undefined): string {
  if (rate === undefined || rate === 0 || rate >= 9.95) return countText(rate);
  return rate < 0.05 ? '< 0.1' : rate.toFixed(1).replace(/\.0$/, '');
}

/** 99.3 %; what is not quite all is never shown as all, nor what is not quite nothing as nothing. */
export function shareText(share: number | undefined): string {
  if (share === undefined) return unknown;
  if (share > 0 && share < 0.001) return '< 0.1 %';
  const tenths = share < 1 ? Math.floor(share * 1_000) : 1_000;
  return `${tenths % 10 === 0 ? tenths / 10 : (tenths / 10).toFixed(1)} %`;
}

/** 210 ms, or 2.5 s */
export function durationText(ms: number | undefined): string {
  if (ms === undefined) return unknown;
  if (ms < 1_000) return `${rateText(ms)} ms`;
  return `${(ms / 1_000).toFixed(1).replace(/\.0$/, '')} s`;
}

/** "bulk", "normal and bulk", "critical, normal and bulk" */
export function listText(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
