// Where a reader stands in each partition of a topic. It never steps over a record unnoticed: when
// the log no longer has what comes next, the reader is told that there is a gap.
import { IS_CONTROL, protocolErrors, type fetchV17 } from '@platformatic/kafka';

const partitionBytesMax = 262_144;
const outOfRange = protocolErrors['OFFSET_OUT_OF_RANGE']!.code;
const unknownEpoch = -1;

type Request = fetchV17.FetchRequestPartition;
type Answer = Pick<
  fetchV17.FetchResponsePartition,
  'partitionIndex' | 'errorCode' | 'divergingEpoch' | 'records'
>;

export interface Accepted {
  /** Values in log order per partition; null is a record without one. */
  readonly values: (Buffer | null)[];
  /** Some records are gone from the log and were not read. */
  readonly gap: boolean;
}

export interface Positions {
  has(partition: number): boolean;
  readonly size: number;
  set(partition: number, offset: bigint): void;
  clear(): void;
  /** What to ask a broker for; partitions without a position are left out. */
  requests(partitions: readonly number[]): Request[];
  /** Takes a broker's answer and moves on. A partition whose position is lost has none any more. */
  accept(answer: readonly Answer[]): Accepted;
}

interface Position {
  offset: bigint;
  /** Of the leader that wrote the record before: the broker compares it with its own history. */
  epoch: number;
}

export function createPositions(): Positions {
  const positions = new Map<number, Position>();
  return {
    has: (partition) => positions.has(partition),
    get size() {
      return positions.size;
    },
    set: (partition, offset) => void positions.set(partition, { offset, epoch: unknownEpoch }),
    clear: () => positions.clear(),
    requests: (partitions) =>
      partitions.flatMap((partition) => {
        const position = positions.get(partition);
        return position === undefined ? [] : [request(partition, position)];
      }),
    accept(answer) {
      const values: (Buffer | null)[] = [];
      let gap = false;
      for (const part of answer) {
        const position = positions.get(part.partitionIndex);
        if (position === undefined) continue;
        if (part.errorCode === outOfRange) {
          positions.delete(part.partitionIndex);
          gap = true;
        } else if (hasDiverged(part)) {
          position.offset = part.divergingEpoch!.endOffset;
          position.epoch = part.divergingEpoch!.epoch;
          gap = true;
        } else {
          read(part, position, values);
        }
      }
      return { values, gap };
    },
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
function read(part: Answer, position: Position, values: (Buffer | null)[]): void {
  for (const batch of part.records ?? []) {
    if ((batch.attributes & IS_CONTROL) === 0) {
      for (const { offsetDelta, value } of batch.records) {
        if (batch.firstOffset + BigInt(offsetDelta) >= position.offset) values.push(value);
      }
    }
    const end = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
    if (end <= position.offset) continue;
    position.offset = end;
    position.epoch = batch.partitionLeaderEpoch;
  }
}
