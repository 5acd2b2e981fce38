// The rows of transfers.csv as the items of a batch request, checked by the API's own schema, so that
// what passes here is not refused there as malformed after half of the file has been posted.
import { Compile } from 'typebox/compile';
import { parseMinor } from '../../contracts/money.ts';
import { TransferItem } from '../../contracts/transfers.ts';
import { parseEffectiveAt } from '../../payments/effective-at.ts';
import { MalformedRow, readCsv, type CsvRow } from './csv.ts';

export const transferColumns = [
  'key',
  'source',
  'destination',
  'minor',
  'currency',
  'narration',
  'time',
] as const;

export interface TransferRow extends CsvRow {
  readonly item: TransferItem;
}

const { key, sourceAccountId, currency, narration } = TransferItem.properties;
const isKey = Compile(key);
const isAccountId = Compile(sourceAccountId);
const isCurrency = Compile(currency);
const isNarration = Compile(narration);

/** Reads, and checks every row. @throws MalformedRow at the first row that is not as it must be. */
export async function* readTransfers(path: string): AsyncGenerator<TransferRow> {
  for await (const row of readCsv(path, transferColumns)) {
    yield {
      ...row,
      item: itemOf(row.fields, (what) => new MalformedRow(path, row.line, what)),
    };
  }
}

function itemOf(fields: readonly string[], malformed: (what: string) => Error): TransferItem {
  const [key, source, destination, minor, currency, narration, time] = fields as string[] & {
    length: 7;
  };
  const check = (passes: boolean, column: string, wanted: string, value: string | undefined) => {
    if (!passes) throw malformed(`${column} must be ${wanted}, not "${shortened(value!)}"`);
  };
  const account = '1-128 of A-Z a-z 0-9 : _ . - +';
  check(isKey.Check(key), 'key', '1-255 visible ASCII characters', key);
  check(isAccountId.Check(source), 'source', account, source);
  check(isAccountId.Check(destination), 'destination', account, destination);
  check(isPositiveMinor(minor!), 'minor', 'a positive whole number of minor units', minor);
  check(isCurrency.Check(currency), 'currency', 'a code of three capital letters', currency);
  check(isNarration.Check(narration), 'narration', 'at most 140 characters', narration);
  check(!/[\0\uFFFD]/.test(narration!), 'narration', 'UTF-8 text', narration);
  const effectiveAt = time === '' ? undefined : parseEffectiveAt(time!);
  check(time === '' || effectiveAt !== undefined, 'time', 'an ISO 8601 date or date-time', time);
  return {
    key: key!,
    sourceAccountId: source!,
    destinationAccountId: destination!,
    minor: minor!,
    currency: currency!,
    ...(narration === '' ? {} : { narration: narration! }),
    ...(effectiveAt === undefined ? {} : { effectiveAt }),
  };
}

function isPositiveMinor(text: string): boolean {
  const minor = parseMinor(text);
  return minor !== undefined && minor > 0n;
}

export function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
