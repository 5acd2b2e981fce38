// The rows of accounts.csv: what must be open before the transfers are sent.
import { Compile } from 'typebox/compile';
import { parseMinor } from '../../contracts/money.ts';
import { AccountId, Currency } from '../../contracts/transfers.ts';
import { MalformedRow, readCsv, type CsvRow } from './csv.ts';
import { shortened } from './transfer-rows.ts';

export const accountColumns = ['accountId', 'currency', 'minimumMinor'] as const;

export interface AccountRow extends CsvRow {
  readonly accountId: string;
  readonly currency: string;
  /** null: no lower limit. */
  readonly minimumMinor: string | null;
}

const isAccountId = Compile(AccountId);
const isCurrency = Compile(Currency);

/** Reads, and checks every row. @throws MalformedRow at the first row that is not as it must be. */
export async function* readAccounts(path: string): AsyncGenerator<AccountRow> {
  for await (const row of readCsv(path, accountColumns)) {
    const [accountId, currency, minimum] = row.fields as [string, string, string];
    const must = (column: string, wanted: string, value: string) =>
      new MalformedRow(path, row.line, `${column} must be ${wanted}, not "${shortened(value)}"`);
    if (!isAccountId.Check(accountId)) {
      throw must('accountId', '1-128 of A-Z a-z 0-9 : _ . - +', accountId);
    }
    if (!isCurrency.Check(currency)) {
      throw must('currency', 'a code of three capital letters', currency);
    }
    if (minimum !== '' && !isLowerLimit(minimum)) {
      throw must('minimumMinor', '0, a negative whole number, or empty for no limit', minimum);
    }
    yield { ...row, accountId, currency, minimumMinor: minimum === '' ? null : minimum };
  }
}

function isLowerLimit(text: string): boolean {
  const minor = parseMinor(text);
  return minor !== undefined && minor <= 0n;
}
