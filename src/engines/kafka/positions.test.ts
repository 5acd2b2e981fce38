import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPositions } from './positions.ts';

type Answer = Parameters<ReturnType<typeof createPositions>['accept']>[0][number];

test('a batch that begins before the position gives only the records from the position on', () => {
  const positions = createPositions();
  positions.set(0, 12n);
  const { values, gap } = positions.accept([
    answer({ records: [batch(10n, ['a', 'b', 'c', 'd'])] }),
  ]);
  assert.deepEqual(values.map(String), ['c', 'd']);
  assert.equal(gap, false);
  assert.equal(positions.requests([0])[0]?.fetchOffset, 14n);
});

test('an answer that comes twice is read once', () => {
  const positions = createPositions();
  positions.set(0, 10n);
  const twice = answer({ records: [batch(10n, ['a', 'b'])] });
  assert.equal(positions.accept([twice]).values.length, 2);
  assert.equal(positions.accept([twice]).values.length, 0);
  assert.equal(positions.requests([0])[0]?.fetchOffset, 12n);
});

test('the markers of foreign transactions are stepped over', () => {
  const positions = createPositions();
  positions.set(0, 10n);
  const control = { ...batch(10n, ['marker']), attributes: 0b110000 };
  assert.deepEqual(positions.accept([answer({ records: [control] })]).values, []);
  assert.equal(positions.requests([0])[0]?.fetchOffset, 11n);
});

test('a position that the log no longer has is given up, and that is a gap', () => {
  const positions = createPositions();
  positions.set(0, 10n);
  positions.set(1, 20n);
  assert.equal(positions.accept([answer({ errorCode: 1 })]).gap, true);
  assert.equal(positions.has(0), false);
  assert.deepEqual(
    positions.requests([0, 1]).map(({ partition }) => partition),
    [1],
  );
});

test('a log that was cut back is read on from the cut, and that is a gap', () => {
  const positions = createPositions();
  positions.set(0, 10n);
  positions.accept([answer({ records: [batch(10n, ['a', 'b', 'c'])] })]);
  assert.equal(positions.requests([0])[0]?.lastFetchedEpoch, 4);
  const cut = answer({ divergingEpoch: { epoch: 3, endOffset: 11n } });
  assert.equal(positions.accept([cut]).gap, true);
  assert.equal(positions.requests([0])[0]?.fetchOffset, 11n);
  assert.equal(positions.requests([0])[0]?.lastFetchedEpoch, 3);
});

test('another error of a partition leaves its position where it is', () => {
  const positions = createPositions();
  positions.set(0, 10n);
  assert.deepEqual(positions.accept([answer({ errorCode: 6 })]), { values: [], gap: false });
  assert.equal(positions.requests([0])[0]?.fetchOffset, 10n);
});

function answer(fields: Partial<Answer>): Answer {
  return { partitionIndex: 0, errorCode: 0, records: null, ...fields };
}

function batch(firstOffset: bigint, values: string[]) {
  return {
    firstOffset,
    length: 0,
    partitionLeaderEpoch: 4,
    magic: 2,
    crc: 0,
    attributes: 0,
    lastOffsetDelta: values.length - 1,
    firstTimestamp: 0n,
    maxTimestamp: 0n,
    producerId: -1n,
    producerEpoch: -1,
    firstSequence: -1,
    records: values.map((value, offsetDelta) => ({
      length: 0,
      attributes: 0,
      timestampDelta: 0n,
      offsetDelta,
      key: null,
      value: Buffer.from(value),
      headers: [],
    })),
  };
}
