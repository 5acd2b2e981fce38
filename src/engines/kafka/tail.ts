// Reads everything that is published to a topic from now on. It needs no consumer group, because
// every replica reads all partitions and commits nothing: so there is no rebalance, no session to
// lose, and the position of each partition stays ours through any failure of the brokers.
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
import { createPositions } from './positions.ts';

/** More in one answer would hold up the event loop while it is decoded. */
const answerBytesMax = 262_144;
const waitForNewsMs = 1_000;
const retryDelayMs = 200;

export interface TailOptions {
  readonly connection: BaseOptions;
  readonly topic: string;
  /** Every record's value, in log order per partition, some of them repeatedly. */
  onValue(value: Buffer | null): void;
  /** Records may have been missed: the log lost them, or the topic was made anew. */
  onGap(): void;
  /** Once each time that reading stops; it is tried again until it works. */
  onFailure(error: unknown): void;
}

export interface Tail extends AsyncDisposable {
  readonly established: Promise<void>;
  connected(): boolean;
}

export function tailTopic(options: TailOptions): Tail {
  const { topic } = options;
  const consumer = new Consumer({
    ...options.connection,
    groupId: 'atlas-tail-without-group',
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
  let lost = false;
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
    } catch (error) {
      await failed('cluster', error);
      void read();
    }
  }

  async function follow(node: number, partitions: readonly number[]): Promise<void> {
    asked.add(node);
    try {
      const topics = [{ topicId: topicId!, partitions: positions.requests(partitions) }];
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
      const { values, gap } = positions.accept(answer.partitions);
      for (const value of values) options.onValue(value);
      lost ||= gap;
    }
  }

  /** Fixes the positions that are missing, and only then reports what was lost before them. */
  async function locate(): Promise<ReadonlyMap<number, number[]>> {
    const metadata = (await consumer.metadata({ topics: [topic] })).topics.get(topic)!;
    const isNew = topicId !== metadata.id;
    if (isNew) {
      lost ||= topicId !== undefined;
      positions.clear();
    }
    const missing = [...metadata.partitions.keys()].filter((each) => !positions.has(each));
    if (missing.length > 0) {
      // A partition that was added since is read whole: all of it was published after the start.
      const added = !isNew && !lost;
      const timestamp = added ? ListOffsetTimestamps.EARLIEST : ListOffsetTimestamps.LATEST;
      const query = { topics: [topic], partitions: { [topic]: missing }, timestamp };
      const offsets = (await consumer.listOffsets(query)).get(topic)!;
      for (const partition of missing) positions.set(partition, offsets[partition]!);
      topicId = metadata.id;
    }
    if (lost) {
      lost = false;
      options.onGap();
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
