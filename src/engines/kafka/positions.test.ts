import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPositions } from './positions.ts';

type Answer = Parameters<ReturnType<typeof createPositions>['accept']>[0][number];

test('a batch that begins before the position gives only the records from the position on', () => {
  const positions = createPositions();
  positions.set(0, 12n);
  const { records, lost } = positions.accept([
    answer({ records: [batch(10n, ['a', 'b', 'c', 'd'])] }),
  ]);
  assert.deepEqual(
    records.map(({ value }) => String(value)),
    ['c', 'd'],
  );
  assert.deepEqual(lost, []);
  assert.equal(positions.requests([0])[0]?.fetchOffset, 14n);
});

test('an answer that comes twice is read once', () => {
  const positions = createPositions();
  positions.set(0, 10n);
  const twice = answer({ records: [batch(10n, ['a', 'b'])] });
  assert.equal(positions.accept([twice]).records.length, 2);
  assert.equal(positions.accept([twice]).records.length, 0);
  assert.equal(positions.requests([0])[0]?.fetchOffset, 12n);
});

test('the markers of foreign transactions are stepped over', () => {
  const positions = createPositions();
  positions.set(0, 10n);
  const control = { ...batch(10n, ['marker']), attributes: 0b110000 };
  assert.deepEqual(positions.accept([answer({ records: [control] })]).records, []);
  assert.equal(positions.requests([0])[0]?.fetchOffset, 11n);
});

test('a position that the log no longer has is given up, and that is a gap', () => {
  const positions = createPositions();
  positions.set(0, 10n);
  positions.set(1, 20n);
  assert.deepEqual(positions.accept([answer({ errorCode: 1 })]).lost, [0]);
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
  assert.deepEqual(positions.accept([cut]).lost, [0]);
  assert.equal(positions.requests([0])[0]?.fetchOffset, 11n);
  assert.equal(positions.requests([0])[0]?.lastFetchedEpoch, 3);
});

test('another error of a partition leaves its position where it is', () => {
  const positions = createPositions();
  positions.set(0, 10n);
  assert.deepEqual(positions.accept([answer({ errorCode: 6 })]), { records: [], lost: [] });
  assert.equal(positions.requests([0])[0]?.fetchOffset, 10n);
});

test('the lag is what the broker’s log has beyond the position, with the time of the last record', () => {
  const positions = createPositions();
  positions.set(0, 10n);
  positions.set(3, 7n);
  assert.deepEqual(positions.lag()[0], { partition: 0, records: 0, recordAt: undefined });
  positions.accept([answer({ records: [batch(10n, ['a', 'b'])], highWatermark: 17n })]);
  assert.deepEqual(positions.lag(), [
    { partition: 0, records: 5, recordAt: madeAt },
    { partition: 3, records: 0, recordAt: undefined },
  ]);
  positions.accept([answer({ records: [batch(12n, ['c'])], highWatermark: -1n })]);
  assert.equal(positions.lag()[0]?.records, 4);
  positions.retain((partition) => partition === 3);
  assert.deepEqual(
    positions.lag().map(({ partition }) => partition),
    [3],
  );
});

const madeAt = 1_800_000_000_000;

function answer(fields: Partial<Answer>): Answer {
  return { partitionIndex: 0, errorCode: 0, records: null, highWatermark: 0n, ...fields };
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
    maxTimestamp: BigInt(madeAt),
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
