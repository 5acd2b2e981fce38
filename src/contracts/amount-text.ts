// Amounts as people read and type them, in major units, exactly: digits are moved by string and
// bigint, never through a float, and the decimals come from our own ISO 4217 table.
import { decimalsOf } from './currencies.ts';
import { minorMax } from './money.ts';

export type AmountFault =
  | 'empty'
  | 'unreadable'
  | 'too_many_decimals'
  | 'not_positive'
  | 'too_large';
export type ParsedAmount =
  | { readonly minor: bigint; readonly fault?: never }
  | { readonly minor?: never; readonly fault: AmountFault };

const minusSign = '\u2212';

/**
 * Minor units as text: 120450n NGN → "1,204.50". Negative amounts carry U+2212, positive ones a
 * plus when `signed`. A currency outside the table is shown in its minor units.
 */
export function amountText(minor: bigint, currency: string, signed = false): string {
  const decimals = decimalsOf(currency) ?? 0;
  const digits = (minor < 0n ? -minor : minor).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = decimals === 0 ? '' : `.${digits.slice(-decimals)}`;
  const sign = minor < 0n ? minusSign : signed && minor > 0n ? '+' : '';
  return `${sign}${whole}${fraction}`;
}

/** The same for programs: "-1204.50", with no groups and the minus of ASCII. */
export function decimalText(minor: bigint, currency: string): string {
  return amountText(minor, currency).replaceAll(',', '').replace(minusSign, '-');
}

/** What stands after the number: the code, and a word where the number is in minor units. */
export function currencyLabel(currency: string): string {
  return decimalsOf(currency) === undefined ? `${currency} minor units` : currency;
}

/**
 * Reads a positive amount typed in major units. Commas are read only as groups of three, because
 * "1,5" is one and a half to some people and fifteen to a parser that drops commas.
 */
export function parseAmount(text: string, currency: string): ParsedAmount {
  const typed = text.trim().replace(/[\s\u00a0\u202f]/g, '');
  if (typed === '') return { fault: 'empty' };
  const match = /^(\d+|\d{1,3}(?:,\d{3})+)?(?:\.(\d*))?$/.exec(typed);
  const [, whole = '', fraction = ''] = match ?? [];
  if (match === null || whole + fraction === '') return { fault: 'unreadable' };
  const decimals = decimalsOf(currency) ?? 0;
  if (fraction.length > decimals) return { fault: 'too_many_decimals' };
  if (whole.length > 40) return { fault: 'too_large' };
  const minor = BigInt(whole.replaceAll(',', '') + fraction.padEnd(decimals, '0') || '0');
  if (minor === 0n) return { fault: 'not_positive' };
  return minor > minorMax ? { fault: 'too_large' } : { minor };
}

const faultTexts: Readonly<Record<Exclude<AmountFault, 'too_many_decimals'>, string>> = {
  empty: 'Enter an amount.',
  unreadable: 'Write digits, with a point before the decimals, as in 1,250.50.',
  not_positive: 'The amount must be more than zero.',
  too_large: 'The amount is larger than the book can hold.',
};

/** The sentence for the person whose amount could not be read. */
export function amountFaultText(fault: AmountFault, currency: string): string {
  if (fault !== 'too_many_decimals') return faultTexts[fault];
  const decimals = decimalsOf(currency) ?? 0;
  return decimals === 0
    ? `${currency} has no decimals.`
    : `${currency} has at most ${decimals} decimals.`;
}
