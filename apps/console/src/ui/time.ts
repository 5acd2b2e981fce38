// Times as people read them, in the zone that was chosen (zone.ts); ages are counted here and not by the
// server, so that a stale value keeps growing older while nothing arrives.
import { currentZone, type Zone } from './zone.ts';

interface Formats {
  readonly time: Intl.DateTimeFormat;
  readonly day: Intl.DateTimeFormat;
  readonly date: Intl.DateTimeFormat;
}

const formats: Readonly<Record<Zone, Formats>> = {
  local: formatsOf({}),
  utc: formatsOf({ timeZone: 'UTC' }),
};

function formatsOf(zone: { readonly timeZone?: string }): Formats {
  const date = { day: 'numeric', month: 'short', year: 'numeric' } as const;
  const time = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
  return {
    time: new Intl.DateTimeFormat('en-GB', { ...time, ...zone }),
    day: new Intl.DateTimeFormat('en-GB', { weekday: 'short', ...date, ...zone }),
    date: new Intl.DateTimeFormat('en-GB', { ...date, ...zone }),
  };
}

/** 14:03:07 */
export function timeText(at: string | number): string {
  return formats[currentZone()].time.format(new Date(at));
}

/** Names days as seen at `nowMs`: "Today", "Yesterday" or "Mon 23 Nov 2026". */
export function dayNames(nowMs: number): (at: string | number) => string {
  const yesterday = new Date(nowMs);
  if (currentZone() === 'utc') yesterday.setUTCDate(yesterday.getUTCDate() - 1);
  else yesterday.setDate(yesterday.getDate() - 1);
  const named = new Map([
    [weekdayText(yesterday.getTime()), 'Yesterday'],
    [weekdayText(nowMs), 'Today'],
  ]);
  return (at) => {
    const text = weekdayText(at);
    return named.get(text) ?? text;
  };
}

/** Days begin at quarters of an hour in every zone, and formatting one costs more than a list can pay. */
const quarterMs = 15 * 60_000;
const quartersMax = 2_000;
const weekdays: Readonly<Record<Zone, Map<number, string>>> = { local: new Map(), utc: new Map() };

/** Mon 23 Nov 2026 */
export function weekdayText(at: string | number): string {
  const zone = currentZone();
  const quarter = Math.floor(new Date(at).getTime() / quarterMs);
  const known = weekdays[zone].get(quarter);
  if (known !== undefined) return known;
  if (weekdays[zone].size >= quartersMax) weekdays[zone].clear();
  const text = formats[zone].day.format(quarter * quarterMs).replace(',', '');
  weekdays[zone].set(quarter, text);
  return text;
}

/** 23 Nov 2026 */
export function dateText(at: string | number): string {
  return formats[currentZone()].date.format(new Date(at));
}

/** "23 Nov 2026, 14:03:07", and UTC after it where that is the zone. */
export function momentText(at: string | number): string {
  return `${dateText(at)}, ${timeText(at)}${currentZone() === 'utc' ? ' UTC' : ''}`;
}

/** 14:03, or with its date when that is not today. */
export function untilText(at: number): string {
  const minutes = timeText(at).slice(0, 5);
  return weekdayText(at) === weekdayText(Date.now()) ? minutes : `${dateText(at)}, ${minutes}`;
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

/** "15 s", "15 min", "6 h", "7 d": of a range. */
export function spanText(ms: number): string {
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes <= 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours <= 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

/** "12 s ago": one unit, rounded down, so that an age is never overstated. */
export function ageText(ageMs: number): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1_000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}
