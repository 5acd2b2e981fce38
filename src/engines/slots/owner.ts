// Brings some partitions of `balance-updates` to the slots: reads each record once for all replicas and
// publishes it to the channel of its account. Whenever something may have been lost on the way, an epoch
// ends: the next beat names a new one, and whoever listens reads the book again.
import { randomBytes } from 'node:crypto';
import type { BaseOptions } from '@platformatic/kafka';
import type { ChainableCommander } from 'ioredis';
import type { PartitionLag, SlotStats } from '../event-log.ts';
import type { TailRecord } from '../kafka/positions.ts';
import { tailTopic } from '../kafka/tail.ts';
import {
  beatChannel,
  channelOf,
  slotCount,
  slotOf,
  writeSlotMessage,
  type Beat,
} from './channels.ts';
import { enter, leave, shareOut } from './members.ts';
import { closeFeedRedis, openFeedRedis } from './redis.ts';
import type { RedisSettings } from '../redis/link.ts';

/** How long the others wait for one that has died. */
const leaseMs = 700;
/** Leases and beats. */
const beatEveryMs = 150;
/** Messages without an answer from Redis; what comes beyond is dropped, and the epochs end. */
const unansweredMax = 20_000;

export interface OwnerOptions {
  readonly connection: BaseOptions;
  readonly topic: string;
  readonly redis: Pick<RedisSettings, 'REDIS'>;
  onUndecodable(): void;
  onFailure(error: unknown): void;
}

export interface Owner extends AsyncDisposable {
  readonly stats: OwnerStats;
  lag(): PartitionLag[];
}

export type OwnerStats = Omit<SlotStats, 'followed'>;

export function startOwner(options: OwnerOptions): Owner {
  const id = randomBytes(9).toString('base64url');
  const redis = openFeedRedis(options.redis);
  /** The last number of each slot. */
  const sequences = new Uint32Array(slotCount);
  /** Slots published to since the last beat. */
  const touched = new Set<number>();
  /** Epochs of the partitions that are ours. */
  const owned = new Map<number, string>();
  let shared: { basis: string; owners: readonly string[] } = { basis: '', owners: [] };
  let leaseEndsAt = Number.NEGATIVE_INFINITY;
  let batch: ChainableCommander | undefined;
  let unanswered = 0;
  let published = 0;
  let broken = 0;
  /** Something was not published, and the listeners do not know yet. */
  let lost = false;
  let entering = false;

  const tail = tailTopic({
    connection: options.connection,
    topic: options.topic,
    wants: (partition) => owned.has(partition),
    onRecord: publish,
    onPlaced: beat,
    onGap(partitions) {
      for (const partition of partitions) renew(partition);
      beat();
    },
    onFailure: options.onFailure,
  });
  redis.on('ready', tick);
  const timer = setInterval(tick, beatEveryMs);

  function tick(): void {
    if (performance.now() > leaseEndsAt) owned.clear();
    // Whoever cannot read leaves its partitions to the others.
    if (tail.connected() && redis.status === 'ready' && !entering) void own();
    beat();
  }

  async function own(): Promise<void> {
    entering = true;
    try {
      const askedAt = performance.now();
      const members = await enter(redis, id, leaseMs);
      leaseEndsAt = askedAt + leaseMs;
      for (const [partition, owner] of share(tail.partitions, members).entries()) {
        if (owner !== id) owned.delete(partition);
        else if (!owned.has(partition)) owned.set(partition, newEpoch());
      }
    } catch {
      // The lease ends by itself.
    } finally {
      entering = false;
    }
  }

  /** Worked out again only when something has changed. */
  function share(partitions: number, members: readonly string[]): readonly string[] {
    const basis = [partitions, ...members].join(' ');
    if (shared.basis !== basis) shared = { basis, owners: shareOut(partitions, members) };
    return shared.owners;
  }

  /** Tells which epochs stand. Those whose position is not fixed yet do not. */
  function beat(): void {
    if (redis.status !== 'ready' || unanswered >= unansweredMax) return;
    if (lost) {
      lost = false;
      for (const partition of owned.keys()) renew(partition);
    }
    const epochs = [...owned].flatMap(([partition, epoch]) =>
      tail.reads(partition) ? [[partition, epoch] as const] : [],
    );
    if (epochs.length === 0) return;
    const heads = [...touched].map((slot) => [slot, sequences[slot]!] as const);
    touched.clear();
    const message: Beat = { owner: id, partitions: tail.partitions, epochs, heads };
    send(beatChannel, JSON.stringify(message));
  }

  function publish({ partition, key, value }: TailRecord): void {
    if (!owned.has(partition)) return;
    if (key === null || value === null) return options.onUndecodable();
    const slot = slotOf(key);
    const sequence = (sequences[slot] = sequences[slot]! + 1);
    touched.add(slot);
    published += 1;
    send(channelOf(slot), writeSlotMessage({ owner: id, sequence, value }));
  }

  /** What is sent in one turn of the event loop goes out together. */
  function send(channel: string, message: string | Buffer): void {
    if (redis.status !== 'ready' || unanswered >= unansweredMax) {
      lost = true;
      return;
    }
    if (batch === undefined) {
      batch = redis.pipeline();
      setImmediate(flush);
    }
    batch.spublish(channel, message);
    unanswered += 1;
  }

  function flush(): void {
    const sending = batch!;
    batch = undefined;
    const { length } = sending;
    sending
      .exec()
      .then((answers) => answers?.every(([error]) => error === null) ?? false)
      .catch(() => false)
      .then((ok) => {
        unanswered -= length;
        if (!ok) lost = true;
      })
      .catch(() => {});
  }

  function renew(partition: number): void {
    if (!owned.has(partition)) return;
    owned.set(partition, newEpoch());
    broken += 1;
  }

  return {
    get stats() {
      return { partitions: owned.size, published, broken };
    },
    lag: () => tail.lag(),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await tail[Symbol.asyncDispose]();
      if (redis.status === 'ready') await leave(redis, id).catch(() => {});
      closeFeedRedis(redis);
    },
  };
}

function newEpoch(): string {
  return randomBytes(6).toString('base64url');
}
