// Postgres array literals. The client's own builder escapes every element by regular expressions;
// for a batch of 512 transfers with 25 columns that was most of the core's time outside the database.

/** Of elements that need no quotes: numbers, UUIDs, hexadecimal, or null. */
export function plainArray(values: readonly (bigint | number | string | null)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`;
}

/** Of any text, or null. */
export function textArray(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : quoted(value))).join(',')}}`;
}

function quoted(text: string): string {
  const escaped = /["\\]/.test(text) ? text.replaceAll(/["\\]/g, '\\$&') : text;
  return `"${escaped}"`;
}
