import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as check, bigInt, constantFrom, property } from 'fast-check';
import { currencyCodes, decimalsOf } from './currencies.ts';
import { minorMax } from './money.ts';
import {
  amountFaultText,
  amountText,
  currencyLabel,
  decimalText,
  parseAmount,
} from './amount-text.ts';

test('amounts are grouped, keep every decimal and carry a true minus', () => {
  assert.equal(amountText(120450n, 'NGN'), '1,204.50');
  assert.equal(amountText(-5n, 'NGN'), '\u22120.05');
  assert.equal(amountText(0n, 'NGN', true), '0.00');
  assert.equal(amountText(1234567n, 'JPY', true), '+1,234,567');
  assert.equal(amountText(1234n, 'KWD'), '1.234');
  assert.equal(amountText(9007199254740993n, 'EUR'), '90,071,992,547,409.93');
});

test('a currency outside the table is shown in its minor units and says so', () => {
  assert.equal(amountText(12345n, 'XTS'), '12,345');
  assert.equal(currencyLabel('XTS'), 'XTS minor units');
  assert.equal(currencyLabel('NGN'), 'NGN');
});

test('typed amounts become exact minor units', () => {
  assert.deepEqual(parseAmount('1,204.5', 'NGN'), { minor: 120450n });
  assert.deepEqual(parseAmount(' 12 000 ', 'NGN'), { minor: 1200000n });
  assert.deepEqual(parseAmount('.5', 'NGN'), { minor: 50n });
  assert.deepEqual(parseAmount('7.', 'JPY'), { minor: 7n });
  assert.deepEqual(parseAmount('90071992547409.93', 'EUR'), { minor: 9007199254740993n });
});

test('what could be read in two ways, or not at all, is refused with a reason', () => {
  assert.deepEqual(parseAmount('', 'NGN'), { fault: 'empty' });
  for (const text of ['1,5', '12,34.00', '1e3', '-5', '+5', '.', '1.2.3', '٣'])
    assert.deepEqual(parseAmount(text, 'NGN'), { fault: 'unreadable' }, text);
  assert.deepEqual(parseAmount('1.005', 'NGN'), { fault: 'too_many_decimals' });
  assert.deepEqual(parseAmount('0.00', 'NGN'), { fault: 'not_positive' });
  assert.deepEqual(parseAmount('92233720368547758.08', 'NGN'), { fault: 'too_large' });
  assert.equal(amountFaultText('too_many_decimals', 'JPY'), 'JPY has no decimals.');
});

test('whatever is shown can be typed back, in every currency', () => {
  const currency = constantFrom(...currencyCodes);
  check(
    property(bigInt({ min: 1n, max: minorMax }), currency, (minor, code) => {
      assert.deepEqual(parseAmount(amountText(minor, code), code), { minor });
    }),
  );
});

test('the table knows the currencies whose decimals are not two', () => {
  assert.deepEqual(
    ['JPY', 'KWD', 'CLF', 'RSD', 'NGN', 'XAU', 'BGN'].map((code) => decimalsOf(code)),
    [0, 3, 4, 2, 2, undefined, undefined],
  );
});

test('every currency has its own decimals, also in amounts that a float cannot hold', () => {
  const beyondFloats = 2n ** 53n + 1n;
  const texts: Readonly<Record<number, string>> = {
    0: '9,007,199,254,740,993',
    2: '90,071,992,547,409.93',
    3: '9,007,199,254,740.993',
    4: '900,719,925,474.0993',
  };
  for (const code of currencyCodes) {
    const decimals = decimalsOf(code)!;
    const text = texts[decimals]!;
    assert.equal(amountText(beyondFloats, code), text, code);
    assert.equal(amountText(-beyondFloats, code), `\u2212${text}`, code);
    assert.equal(decimalText(-beyondFloats, code), `-${text.replaceAll(',', '')}`, code);
    assert.deepEqual(parseAmount(text, code), { minor: beyondFloats }, code);
  }
});

test('the decimals are those that the runtime knows, but for CLDR, which leaves out what cash has not', () => {
  for (const code of currencyCodes) {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency: code });
    const known = format.resolvedOptions().maximumFractionDigits;
    if (known !== 0) assert.equal(decimalsOf(code), known, code);
  }
});
