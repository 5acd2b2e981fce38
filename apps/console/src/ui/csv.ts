// A list as a file for a spreadsheet (RFC 4180, UTF-8). A cell that a spreadsheet would run as a formula is
// made text by an apostrophe: narrations are written by strangers.

export interface CsvColumn<T> {
  readonly name: string;
  readonly value: (row: T) => string | number | bigint | null | undefined;
}

/** A console is no export: past this a file would hold up the page, and the API has cursors for more. */
export const csvRowsMax = 50_000;

export interface CsvResult {
  readonly rows: number;
  /** Whether there were more than the file may hold. */
  readonly cut: boolean;
}

/** Reads `rows`, which may come by pages, and hands the file to the browser. */
export async function downloadCsv<T>(asked: {
  /** Without its ending. */
  readonly name: string;
  readonly columns: readonly CsvColumn<T>[];
  readonly rows: Iterable<T> | AsyncIterable<T>;
}): Promise<CsvResult> {
  const lines = [lineOf(asked.columns.map(({ name }) => name))];
  let cut = false;
  for await (const row of asked.rows) {
    cut = lines.length > csvRowsMax;
    if (cut) break;
    lines.push(lineOf(asked.columns.map(({ value }) => value(row))));
  }
  const url = URL.createObjectURL(new Blob(lines, { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${asked.name.replaceAll(/[^\w.+-]+/g, '_')}.csv`;
  link.click();
  URL.revokeObjectURL(url);
  return { rows: lines.length - 1, cut };
}

/** One line with its end. */
export function lineOf(cells: readonly (string | number | bigint | null | undefined)[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(value: string | number | bigint | null | undefined): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const text = value ?? '';
  const isNumber = /^-?\d+(\.\d+)?$/.test(text);
  const safe = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
