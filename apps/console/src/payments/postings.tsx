// Both sides of a payment: what left one account arrived at the other, or would have.
import type { FoundTransfer } from '@atlas/client';
import { amountText, currencyLabel } from '../../../../src/contracts/amount-text.ts';
import { AccountLink } from '../ui/account-link.tsx';

export function Postings({ payment }: { readonly payment: FoundTransfer }) {
  const { minor, currency, sourceAccountId, destinationAccountId } = payment;
  const posted = payment.status === 'posted';
  const sides = [
    {
      name: 'From',
      accountId: sourceAccountId,
      minor: -minor,
      version: posted ? payment.source.version : undefined,
    },
    {
      name: 'To',
      accountId: destinationAccountId,
      minor,
      version: posted ? payment.destination.version : undefined,
    },
  ];
  return (
    <table className="postings">
      <caption>{posted ? 'Postings' : 'Asked for'}</caption>
      <thead>
        <tr>
          <th scope="col">Account</th>
          <th scope="col" className="end">
            Version
          </th>
          <th scope="col" className="end">
            Amount <span className="code">{currencyLabel(currency)}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {sides.map((side) => (
          <tr key={side.name}>
            <td>
              <span className="code">{side.name}</span>
              <AccountLink id={side.accountId} />
            </td>
            <td className="end">{side.version ?? '–'}</td>
            <td className={side.minor > 0n && posted ? 'end amount in' : 'end amount'}>
              {amountText(side.minor, currency, true)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
