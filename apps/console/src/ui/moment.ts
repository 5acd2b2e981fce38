// A day, or a day and a time, as it is typed into a filter and stands in the address: in UTC, so that a link means
// the same moment for whoever opens it.
const form = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?))?(?: ?(?:Z|UTC))?$/i;

/** ISO 8601 of "2026-11-25", "2026-11-25 14:00" or "2026-11-25T14:00:05.250Z"; undefined for no moment. */
export function momentOf(typed: string): string | undefined {
  const [, day, time = '00:00'] = form.exec(typed.trim()) ?? [];
  const ms = Date.parse(`${day}T${time}Z`);
  // Date.parse takes 31 February for a day in March.
  return Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(day!)
    ? undefined
    : new Date(ms).toISOString();
}

/** Of a filter by it. */
export const momentField = {
  hint: 'A day, or a day and a time, in UTC',
  placeholder: '2026-11-25 14:00',
  faultOf: (typed: string) =>
    momentOf(typed) === undefined
      ? 'Write a day, as in 2026-11-25, and a time after it if need be.'
      : undefined,
};
