// Reads everything that is published to a topic from now on, or to some of its partitions. It needs no
// consumer group, because it commits nothing and whoever reads decides what: so there is no rebalance,
// no session to lose, and the position of each partition stays ours through any failure of the brokers.
import { setTimeout as delay } from 'node:timers/promises';
import {
  Consumer,
  FetchIsolationLevels,
  findErrorBy,
  ListOffsetTimestamps,
  type BaseOptions,
  type ClusterTopicMetadata,
  type fetchV17,
} from '@platformatic/kafka';
import type { PartitionLag } from '../event-log.ts';
import { createPositions, type TailRecord } from './positions.ts';

/** More in one answer would hold up the event loop while it is decoded. */
const answerBytesMax = 262_144;
/** The longest wait of one question; a partition that is wanted only now is asked for after it. */
const waitForNewsMs = 100;
const retryDelayMs = 200;
/** A connection that has died without a word is noticed after this: it would keep screens waiting. */
const requestTimeoutMs = 1_200;
const connectTimeoutMs = 1_000;

export interface TailOptions {
  readonly connection: BaseOptions;
  readonly topic: string;
  /** The partitions to read, asked again and again; all of them when it is left out. */
  wants?(partition: number): boolean;
  /** Partitions that were wanted are read from now on. */
  onPlaced?(): void;
  /** In log order per partition, some of them repeatedly. */
  onRecord(record: TailRecord): void;
  /**
   * Records of these partitions may have been missed: the log lost them, or the topic was made anew.
   * What is published from now on is read.
   */
  onGap(partitions: readonly number[]): void;
  /** Once each time that reading stops; it is tried again until it works. */
  onFailure(error: unknown): void;
}

export interface Tail extends AsyncDisposable {
  readonly established: Promise<void>;
  connected(): boolean;
  /** Partitions of the topic; 0 before the topic was found. */
  readonly partitions: number;
  /** True when nothing that is published to the partition from now on is missed. */
  reads(partition: number): boolean;
  lag(): PartitionLag[];
}

export function tailTopic(options: TailOptions): Tail {
  const { topic } = options;
  const consumer = new Consumer({
    ...options.connection,
    groupId: 'atlas-tail-without-group',
    requestTimeout: requestTimeoutMs,
    connectTimeout: connectTimeoutMs,
    retries: 0,
    maxBytes: answerBytesMax,
    isolationLevel: FetchIsolationLevels.READ_UNCOMMITTED,
  });
  consumer.topics.track(topic);
  const positions = createPositions();
  const established = Promise.withResolvers<void>();
  const stopping = new AbortController();
  const { signal } = stopping;
  /** Leaders with a request under way: one each, so that a slow one delays only its partitions. */
  const asked = new Set<number>();
  /** Who did not answer the last time. */
  const failing = new Set<number | 'cluster'>();
  let topicId: string | undefined;
  let partitionCount = 0;
  /** Partitions with a gap that has not been told. */
  const lost = new Set<number>();
  const wants = (partition: number) => options.wants?.(partition) ?? true;
  let locating: Promise<ReadonlyMap<number, number[]>> | undefined;

  /** Asks every leader that is not being asked. */
  async function read(): Promise<void> {
    if (signal.aborted) return;
    try {
      locating ??= locate().finally(() => {
        locating = undefined;
      });
      const leaders = await locating;
      failing.delete('cluster');
      established.resolve();
      for (const who of failing) if (who !== 'cluster' && !leaders.has(who)) failing.delete(who);
      for (const [node, partitions] of leaders) {
        if (!asked.has(node)) void follow(node, partitions);
      }
      if (asked.size === 0) void readLater();
    } catch (error) {
      await failed('cluster', error);
      void read();
    }
  }

  /** Nothing is wanted now. */
  async function readLater(): Promise<void> {
    await delay(waitForNewsMs, undefined, { signal }).catch(() => {});
    if (asked.size === 0) void read();
  }

  async function follow(node: number, partitions: readonly number[]): Promise<void> {
    const requests = positions.requests(partitions);
    if (requests.length === 0) {
      failing.delete(node);
      return;
    }
    asked.add(node);
    try {
      const topics = [{ topicId: topicId!, partitions: requests }];
      accept(await consumer.fetch({ node, topics, maxWaitTime: waitForNewsMs, minBytes: 1 }));
      failing.delete(node);
    } catch (error) {
      // The answer says which partitions it is about; the others are asked for again.
      const answer = findErrorBy(error as Error, 'code', 'PLT_KFK_RESPONSE');
      if (answer !== null) accept(answer['response'] as fetchV17.FetchResponse);
      await failed(node, error);
    } finally {
      asked.delete(node);
    }
    void read();
  }

  function accept({ responses }: fetchV17.FetchResponse): void {
    if (signal.aborted) return;
    for (const answer of responses) {
      if (answer.topicId !== topicId) continue;
      const accepted = positions.accept(answer.partitions);
      for (const record of accepted.records) options.onRecord(record);
      for (const partition of accepted.lost) lost.add(partition);
    }
  }

  /** Fixes the positions that are missing, and only then reports what was lost before them. */
  async function locate(): Promise<ReadonlyMap<number, number[]>> {
    const metadata = (await consumer.metadata({ topics: [topic] })).topics.get(topic)!;
    const isNew = topicId !== metadata.id;
    const all = [...metadata.partitions.keys()];
    if (isNew) {
      if (topicId !== undefined) for (const partition of all) lost.add(partition);
      positions.retain(() => false);
    }
    positions.retain(wants);
    const missing = all.filter((each) => wants(each) && !positions.has(each));
    if (missing.length > 0) {
      // A partition that was added since is read whole: all of it was published after the start.
      const added = options.wants === undefined && !isNew && lost.size === 0;
      const timestamp = added ? ListOffsetTimestamps.EARLIEST : ListOffsetTimestamps.LATEST;
      const query = { topics: [topic], partitions: { [topic]: missing }, timestamp };
      const offsets = (await consumer.listOffsets(query)).get(topic)!;
      for (const partition of missing) positions.set(partition, offsets[partition]!);
    }
    topicId = metadata.id;
    partitionCount = all.length;
    if (missing.length > 0) options.onPlaced?.();
    if (lost.size > 0) {
      const gap = [...lost];
      lost.clear();
      options.onGap(gap);
    }
    const leaders = partitionsByLeader(metadata);
    if (leaders.size === 0) throw new Error(`No partition of ${topic} has a leader`);
    return leaders;
  }

  async function failed(who: number | 'cluster', error: unknown): Promise<void> {
    if (signal.aborted) return;
    if (failing.size === 0) options.onFailure(error);
    failing.add(who);
    consumer.clearMetadata();
    await delay(retryDelayMs, undefined, { signal }).catch(() => {});
  }

  void read();
  return {
    established: established.promise,
    connected: () => topicId !== undefined && failing.size === 0 && !signal.aborted,
    get partitions() {
      return partitionCount;
    },
    reads: (partition) => positions.has(partition) && !lost.has(partition),
    lag: () => positions.lag(),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      established.resolve();
      await consumer.close(true);
    },
  };
}

function partitionsByLeader({ partitions }: ClusterTopicMetadata): Map<number, number[]> {
  const leaders = new Map<number, number[]>();
  for (const [partition, { leader }] of partitions.entries()) {
    if (leader < 0) continue;
    const led = leaders.get(leader);
    if (led === undefined) leaders.set(leader, [partition]);
    else led.push(partition);
  }
  return leaders;
}
