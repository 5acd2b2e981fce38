// A payment as a row of columns, and as two lines where there is no room for them.
import type { ListedTransfer } from '@atlas/client';
import { amountText, currencyLabel } from '../../../../src/contracts/amount-text.ts';
import { Amount } from '../money/amount.tsx';
import { Icon } from '../ui/icons.tsx';
import { Id } from '../ui/id.tsx';
import type { Column } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';

const columns: readonly Column<ListedTransfer>[] = [
  { name: 'Time', width: '68px', cell: ({ decidedAt }) => <Time at={decidedAt} /> },
  { name: 'State', width: '84px', cell: (payment) => <State payment={payment} /> },
  {
    name: 'From',
    width: 'minmax(0, 1fr)',
    cell: ({ sourceAccountId }) => <Id id={sourceAccountId} />,
  },
  {
    name: 'To',
    width: 'minmax(0, 1fr)',
    cell: ({ destinationAccountId }) => <Id id={destinationAccountId} />,
  },
  {
    name: 'Narration',
    width: 'minmax(0, 1fr)',
    cell: ({ narration }) => <span title={narration}>{narration}</span>,
  },
  {
    name: 'Amount',
    width: '112px',
    align: 'end',
    cell: ({ minor, currency }) => <Amount minor={minor} currency={currency} />,
  },
];

/**
 * The column of amounts is as wide as the longest, in characters. Beside an open payment there is room for
 * what tells one from the other.
 */
export function paymentColumns(
  amountLength: number,
  beside: boolean,
): readonly Column<ListedTransfer>[] {
  const width = `max(${amountLength}ch, 112px)`;
  return columns
    .filter(({ name }) => !beside || name !== 'Narration')
    .map((column) => (column.name === 'Amount' ? { ...column, width } : column));
}

/** Characters of the longest amount with its currency. Only the largest of each currency is written to know. */
export function longestOf(rows: readonly ListedTransfer[]): number {
  const largest = new Map<string, bigint>();
  for (const { minor, currency } of rows) {
    if (minor > (largest.get(currency) ?? -1n)) largest.set(currency, minor);
  }
  const lengths = [...largest].map(
    ([currency, minor]) => amountText(minor, currency).length + 1 + currencyLabel(currency).length,
  );
  return Math.max(0, ...lengths);
}

export function PaymentLines({ payment }: { readonly payment: ListedTransfer }) {
  const { minor, currency, narration, decidedAt } = payment;
  const refused = payment.status === 'refused';
  return (
    <span className="two-lines">
      <span className="payment-ends">
        <Id id={payment.sourceAccountId} /> → <Id id={payment.destinationAccountId} />
      </span>
      <span className="amount">
        {amountText(minor, currency)} <span className="code">{currencyLabel(currency)}</span>
      </span>
      <span>
        <Time at={decidedAt} />
        {narration !== undefined && narration !== '' && ` · ${narration}`}
      </span>
      <span>{refused && <State payment={payment} />}</span>
    </span>
  );
}

export function State({ payment }: { readonly payment: Pick<ListedTransfer, 'status'> }) {
  const refused = payment.status === 'refused';
  return (
    <span className={refused ? 'payment-state bad' : 'payment-state'}>
      <Icon name={refused ? 'alert' : 'check'} />
      {refused ? 'Refused' : 'Posted'}
    </span>
  );
}
