// Times as people read them, in the browser's zone; ages are counted here and not by the server, so
// that a stale value keeps growing older while nothing arrives.

const timeFormat = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const dayFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const dateFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});

/** 14:03:07 */
export function timeText(at: string | number): string {
  return timeFormat.format(new Date(at));
}

/** "Today", "Yesterday" or "Mon 23 Nov 2026" */
export function dayText(at: string | number, nowMs: number): string {
  const day = dayFormat.format(new Date(at)).replace(',', '');
  if (day === dayFormat.format(nowMs).replace(',', '')) return 'Today';
  const yesterday = new Date(nowMs);
  yesterday.setDate(yesterday.getDate() - 1);
  return day === dayFormat.format(yesterday).replace(',', '') ? 'Yesterday' : day;
}

/** 23 Nov 2026 */
export function dateText(at: string | number): string {
  return dateFormat.format(new Date(at));
}

/** 23 Nov 2026, 14:03:07 */
export function momentText(at: string | number): string {
  return `${dateText(at)}, ${timeText(at)}`;
}

/** 14:03, or with its date when that is not today. */
export function untilText(at: number): string {
  const minutes = timeText(at).slice(0, 5);
  return dayText(at, Date.now()) === 'Today' ? minutes : `${dateText(at)}, ${minutes}`;
}

/** 13:03:07 UTC */
export function utcText(at: string | number): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}

/** "14:03:07 (13:03:07 UTC)": for what people in several zones speak about; UTC alone where it is local. */
export function localAndUtcText(at: string | number): string {
  const utc = utcText(at);
  return utc.startsWith(timeText(at)) ? utc : `${timeText(at)} (${utc})`;
}

/** "12 s ago": one unit, rounded down, so that an age is never overstated. */
export function ageText(ageMs: number): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1_000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}
