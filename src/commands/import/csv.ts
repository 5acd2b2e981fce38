// Reads a CSV file row by row, so that a file of millions of rows needs no more memory than a small
// one, and knows of each row the line on which it starts.
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { parse, type CsvError } from 'csv-parse';

/** Also ends the search for the closing quote that somebody forgot. */
const rowBytesMax = 64 * 1024;
const readBytes = 256 * 1024;

export interface CsvRow {
  /** Starting at 1, the header's line. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** A row that cannot be sent: the message names file and line. */
export class MalformedRow extends Error {
  readonly line: number;

  constructor(path: string, line: number, what: string) {
    super(`${basename(path)} line ${line}: ${what}`);
    this.line = line;
  }
}

/**
 * The rows after the header. Quoted fields may hold commas, quotes and line breaks; a byte order mark,
 * CRLF and empty lines are taken as nothing.
 * @throws MalformedRow where the header is not exactly `columns`, or a row has another width.
 */
export async function* readCsv(path: string, columns: readonly string[]): AsyncGenerator<CsvRow> {
  let endOfLastRow = 0;
  let broken: MalformedRow | undefined;
  const parser = parse({
    bom: true,
    info: true,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: rowBytesMax,
    on_record(record, { lines }) {
      endOfLastRow = lines;
      return record;
    },
    // The parser is ahead of the loop below. Thrown by it, an error would overtake the rows before.
    skip_records_with_error: true,
    on_skip(error) {
      broken ??= inWords(error!, path, endOfLastRow + 1);
    },
  });
  // Whatever goes wrong with the file reaches the loop.
  pipeline(createReadStream(path, { highWaterMark: readBytes }), parser, () => {});
  let isHeader = true;
  for await (const { record, info } of withFileErrors(parser, path)) {
    const line = info.lines - lineBreaksIn(record);
    if (broken !== undefined && broken.line < line) break;
    if (isHeader) {
      if (record.join() !== columns.join()) break;
      isHeader = false;
      continue;
    }
    if (record.length !== columns.length) {
      const found = `${record.length} ${record.length === 1 ? 'column' : 'columns'}`;
      throw new MalformedRow(path, line, `${found}, not ${columns.length}`);
    }
    yield { line, fields: record };
  }
  if (isHeader) throw new MalformedRow(path, 1, `the header must be ${columns.join()}`);
  if (broken !== undefined) throw broken;
}

interface ParsedRecord {
  readonly record: readonly string[];
  /** `lines`: the line on which the record ends. */
  readonly info: { readonly lines: number };
}

function lineBreaksIn(record: readonly string[]): number {
  let count = 0;
  for (const field of record) {
    for (let at = field.indexOf('\n'); at !== -1; at = field.indexOf('\n', at + 1)) count += 1;
  }
  return count;
}

async function* withFileErrors(
  records: AsyncIterable<ParsedRecord>,
  path: string,
): AsyncGenerator<ParsedRecord> {
  try {
    yield* records;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === 'ENOENT') throw new Error(`${path} does not exist`, { cause: error });
    if (code === 'EISDIR') throw new Error(`${path} is a folder; name a file`, { cause: error });
    throw new Error(`${path} cannot be read: ${message}`, { cause: error });
  }
}

function inWords(error: CsvError, path: string, nextLine: number): MalformedRow {
  switch (error.code as string) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return new MalformedRow(path, nextLine, 'a quote is opened and never closed');
    case 'CSV_MAX_RECORD_SIZE':
      return new MalformedRow(path, nextLine, 'the row is too long; is a quote never closed?');
    default:
      return new MalformedRow(
        path,
        (error as { lines?: number }).lines ?? nextLine,
        'a quote stands inside a field; the field must be in quotes, and the quote doubled',
      );
  }
}
