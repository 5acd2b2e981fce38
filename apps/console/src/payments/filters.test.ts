import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paymentFilters, readFilters } from './filters.ts';

test('filters ask the server for what they say', () => {
  const read = readFilters({
    state: 'refused',
    account: 'msisdn::2348100000001',
    narration: 'rent %',
    from: '2026-11-25',
    to: '2026-11-25 14:30',
    find: 'is no filter',
  });
  assert.deepEqual(read, {
    asked: {
      state: 'refused',
      account: 'msisdn::2348100000001',
      narration: 'rent %',
      from: '2026-11-25T00:00:00.000Z',
      to: '2026-11-25T14:30:00.000Z',
    },
  });
});

test('an amount is read exactly, with the decimals of its currency', () => {
  const cases: [string, object][] = [
    ['12.50 EUR', { currency: 'EUR', minor: 1_250n }],
    ['eur 12.5', { currency: 'EUR', minor: 1_250n }],
    ['1,250 JPY', { currency: 'JPY', minor: 1_250n }],
    ['0.001KWD', { currency: 'KWD', minor: 1n }],
    ['90,071,992,547,409.93 USD', { currency: 'USD', minor: 9_007_199_254_740_993n }],
    ['100..200 EUR', { currency: 'EUR', minMinor: 10_000n, maxMinor: 20_000n }],
    ['100.. EUR', { currency: 'EUR', minMinor: 10_000n, maxMinor: undefined }],
    ['..0.50 EUR', { currency: 'EUR', minMinor: undefined, maxMinor: 50n }],
  ];
  for (const [amount, asked] of cases) assert.deepEqual(readFilters({ amount }), { asked }, amount);
});

test('what cannot be read is a fault of its chip, and of an address that has it', () => {
  const wrong: Record<string, string[]> = {
    state: ['pending'],
    account: ['a b', 'x'.repeat(129)],
    narration: ['x'.repeat(141)],
    amount: ['12.50', '12.505 EUR', '0 EUR', '1..2..3 EUR', '.. EUR', '5 ABC', 'EUR'],
    currency: ['euro', 'ABC'],
    from: ['yesterday', '2026-13-01', '2026-11-25 25:00', '25/11/2026'],
    to: ['2026-11'],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const read = readFilters({ [name]: value });
      assert.ok('fault' in read, `${name} ${value}`);
      const filter = paymentFilters.find((one) => one.name === name)!;
      assert.equal(filter.faultOf?.(value) ?? read.fault, read.fault);
    }
  }
});
