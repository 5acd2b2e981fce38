// An amount on the screen: tabular figures, the code lighter after the number.
import { amountText, currencyLabel } from '../../../../src/contracts/amount-text.ts';
import { useCountUp } from './use-count-up.ts';

interface AmountProps {
  readonly minor: bigint;
  readonly currency: string;
}

export function Amount({ minor, currency }: AmountProps) {
  return (
    <span className="amount">
      {amountText(minor, currency)} <span className="code">{currencyLabel(currency)}</span>
    </span>
  );
}

/** The same for a value that lives: it counts up or down to what it has become. */
export function LiveAmount({ minor, currency }: AmountProps) {
  return <Amount minor={useCountUp(minor)} currency={currency} />;
}
