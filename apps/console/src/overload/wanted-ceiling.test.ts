import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectText, readWanted } from './wanted-ceiling.ts';

const typed = {
  ratePerSecond: '40',
  burstCapacity: '80',
  clientRatePerSecond: '0',
  clientBurstCapacity: '100',
};

test('what is typed is taken as numbers', () => {
  assert.deepEqual(readWanted({ ...typed, ratePerSecond: ' 40 ' }).wanted, {
    ratePerSecond: 40,
    burstCapacity: 80,
    clientRatePerSecond: 0,
    clientBurstCapacity: 100,
  });
});

test('what is no whole number within bounds is refused at its field', () => {
  for (const wrong of ['', '0', '-1', '1.5', '1,000', '1e3', '1000001', 'many']) {
    const { wanted, faults } = readWanted({ ...typed, ratePerSecond: wrong });
    assert.equal(wanted, undefined, wrong);
    assert.match(faults.ratePerSecond!, /from 1 to 1\u202f000\u202f000/);
  }
  assert.match(
    readWanted({ ...typed, clientRatePerSecond: '-1' }).faults.clientRatePerSecond!,
    /from 0/,
  );
});

test('the effect on what is offered now is said before it is done', () => {
  assert.equal(
    effectText('40', 412),
    '412 a second are offered now: 372 of them would be refused.',
  );
  assert.equal(effectText('400', 12), '12 a second are offered now.');
  assert.equal(effectText('40', 0), 'Nothing is offered now.');
  assert.equal(effectText('x', 12), '');
  assert.equal(effectText('40', undefined), '');
});
