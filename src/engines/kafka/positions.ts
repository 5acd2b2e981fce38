// Where a reader stands in each partition of a topic. It never steps over a record unnoticed: when
// the log no longer has what comes next, the reader is told that there is a gap.
import { IS_CONTROL, protocolErrors, type fetchV17 } from '@platformatic/kafka';
import type { PartitionLag } from '../event-log.ts';

const partitionBytesMax = 262_144;
const outOfRange = protocolErrors['OFFSET_OUT_OF_RANGE']!.code;
const unknownEpoch = -1;

type Request = fetchV17.FetchRequestPartition;
type Answer = Pick<
  fetchV17.FetchResponsePartition,
  'partitionIndex' | 'errorCode' | 'divergingEpoch' | 'records' | 'highWatermark'
>;

/** What a record says; null is a record without it. */
export interface TailRecord {
  readonly partition: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

export interface Accepted {
  /** In log order per partition. */
  readonly records: TailRecord[];
  /** Partitions of which some records are gone from the log and were not read. */
  readonly lost: number[];
}

export interface Positions {
  has(partition: number): boolean;
  set(partition: number, offset: bigint): void;
  /** Keeps only the positions of these partitions. */
  retain(wanted: (partition: number) => boolean): void;
  /** What to ask a broker for; partitions without a position are left out. */
  requests(partitions: readonly number[]): Request[];
  /** Takes a broker's answer and moves on. A partition whose position is lost has none any more. */
  accept(answer: readonly Answer[]): Accepted;
  lag(): PartitionLag[];
}

interface Position {
  offset: bigint;
  /** Of the leader that wrote the record before: the broker compares it with its own history. */
  epoch: number;
  /** The end of the log, as the broker said with its last answer. */
  end: bigint;
  /** When the last record that was read was made, ms since 1970; undefined before the first. */
  recordAt: number | undefined;
}

export function createPositions(): Positions {
  const positions = new Map<number, Position>();
  return {
    has: (partition) => positions.has(partition),
    set(partition, offset) {
      const recordAt = positions.get(partition)?.recordAt;
      positions.set(partition, { offset, epoch: unknownEpoch, end: offset, recordAt });
    },
    retain(wanted) {
      for (const partition of positions.keys()) if (!wanted(partition)) positions.delete(partition);
    },
    requests: (partitions) =>
      partitions.flatMap((partition) => {
        const position = positions.get(partition);
        return position === undefined ? [] : [request(partition, position)];
      }),
    accept(answer) {
      const records: TailRecord[] = [];
      const lost: number[] = [];
      for (const part of answer) {
        const position = positions.get(part.partitionIndex);
        if (position === undefined) continue;
        if (part.errorCode === outOfRange) {
          positions.delete(part.partitionIndex);
          lost.push(part.partitionIndex);
        } else if (hasDiverged(part)) {
          position.offset = part.divergingEpoch!.endOffset;
          position.epoch = part.divergingEpoch!.epoch;
          lost.push(part.partitionIndex);
        } else {
          read(part, position, records);
        }
      }
      return { records, lost };
    },
    lag: () =>
      [...positions].map(([partition, { offset, end, recordAt }]) => ({
        partition,
        records: end > offset ? Number(end - offset) : 0,
        recordAt,
      })),
  };
}

function request(partition: number, { offset, epoch }: Position): Request {
  return {
    partition,
    fetchOffset: offset,
    partitionMaxBytes: partitionBytesMax,
    currentLeaderEpoch: unknownEpoch,
    lastFetchedEpoch: epoch,
  };
}

/** The log was cut back behind our position (a leader without all records was elected). */
function hasDiverged({ divergingEpoch }: Answer): boolean {
  return divergingEpoch !== undefined && divergingEpoch.endOffset >= 0n;
}

/** A batch comes whole, so its first records may lie before the position; those were read. */
function read(part: Answer, position: Position, records: TailRecord[]): void {
  if (part.highWatermark >= 0n) position.end = part.highWatermark;
  for (const batch of part.records ?? []) {
    if ((batch.attributes & IS_CONTROL) === 0) {
      for (const { offsetDelta, key, value } of batch.records) {
        if (batch.firstOffset + BigInt(offsetDelta) < position.offset) continue;
        records.push({ partition: part.partitionIndex, key, value });
      }
    }
    const end = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
    if (end <= position.offset) continue;
    position.offset = end;
    position.epoch = batch.partitionLeaderEpoch;
    position.recordAt = Number(batch.maxTimestamp);
  }
}
