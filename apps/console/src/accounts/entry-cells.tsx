// An entry as a row of columns, and as two lines where there is no room for them.
import type { Entry } from '@atlas/client';
import { Link } from 'wouter';
import { amountText, currencyLabel } from '../../../../src/contracts/amount-text.ts';
import { accountPath } from '../paths.ts';
import { Id } from '../ui/id.tsx';
import type { Column } from '../ui/table.tsx';
import { dateText } from '../ui/time.ts';
import { Time } from '../ui/time.tsx';

/** Characters of the longest amounts: the columns of figures are as wide as these and no wider. */
export function longestOf(rows: readonly Entry[], currency: string) {
  let amount = 0n;
  let after = 0n;
  for (const row of rows) {
    amount = larger(amount, row.amountMinor);
    after = larger(after, row.balanceAfterMinor);
  }
  return {
    amount: amountText(-amount, currency).length,
    after: amountText(-after, currency).length,
  };
}

function larger(than: bigint, minor: bigint): bigint {
  const size = minor < 0n ? -minor : minor;
  return size > than ? size : than;
}

export function entryColumns(
  currency: string,
  amount: number,
  after: number,
): readonly Column<Entry>[] {
  return [
    { name: 'Time', width: '68px', cell: (entry) => <Time at={entry.postedAt} /> },
    { name: 'With', width: 'minmax(0, 1fr)', cell: (entry) => <With entry={entry} /> },
    {
      name: 'Amount',
      unit: currency === '' ? undefined : currencyLabel(currency),
      width: `max(${amount + 1}ch, 96px)`,
      align: 'end',
      cell: (entry) => <EntryAmount entry={entry} currency={currency} />,
    },
    {
      name: 'Balance after',
      width: `max(${after + 1}ch, 84px)`,
      align: 'end',
      cell: (entry) => (
        <span className="entry-after">{amountText(entry.balanceAfterMinor, currency)}</span>
      ),
    },
  ];
}

/** With whom and how much, then when and what was left. */
export function EntryLines({
  entry,
  currency,
}: {
  readonly entry: Entry;
  readonly currency: string;
}) {
  const { narration } = entry;
  return (
    <span className="two-lines">
      <span>
        <Id id={entry.counterpartyAccountId} />
      </span>
      <EntryAmount entry={entry} currency={currency} />
      <span>
        <Time at={entry.postedAt} />
        {narration !== null && narration !== '' && ` · ${narration}`}
      </span>
      <span>{amountText(entry.balanceAfterMinor, currency)}</span>
    </span>
  );
}

function EntryAmount({ entry, currency }: { readonly entry: Entry; readonly currency: string }) {
  const { amountMinor } = entry;
  return (
    <span className={amountMinor > 0n ? 'amount in' : 'amount'}>
      {amountText(amountMinor, currency, true)}
    </span>
  );
}

function With({ entry }: { readonly entry: Entry }) {
  const { counterpartyAccountId, narration, effectiveAt } = entry;
  const effective = effectiveAt === null ? undefined : dateText(effectiveAt);
  return (
    <span className="entry-with">
      <Link href={accountPath(counterpartyAccountId)} className="text-link">
        <Id id={counterpartyAccountId} />
      </Link>
      {narration !== null && narration !== '' && (
        <span className="entry-narration" title={narration}>
          {narration}
        </span>
      )}
      {effective !== undefined && effective !== dateText(entry.postedAt) && (
        <span className="entry-narration">effective {effective}</span>
      )}
    </span>
  );
}
