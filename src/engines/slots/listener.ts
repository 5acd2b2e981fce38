// Hears the slots of the accounts that this replica shows. Redis forgets what it could not deliver, so
// every way in which a message can have been lost ends in a gap, after which the book is read again:
// a connection that broke, a number that was left out or never came, an epoch that ended.
import { setTimeout as delay } from 'node:timers/promises';
import {
  beatChannel,
  channelOf,
  partitionOf,
  readBeat,
  readSlotMessage,
  slotOf,
  type Beat,
} from './channels.ts';
import { closeFeedRedis, openFeedRedis } from './redis.ts';
import type { RedisSettings } from '../redis/link.ts';

/** Asks Redis for a sign of life; openFeedRedis says how long it waits for it. */
const pingEveryMs = 200;
/** A partition of which nobody has said for so long that it is brought is not: we are not current. */
const silentMs = 1_000;
/** Longest that a subscription waits for Redis; then it goes on, and the book is read once more later. */
const followWaitMs = 1_000;
const channelsPerCommand = 512;
/** Owners whose last beat is remembered. */
const ownersMax = 1_000;
/** Owners whose numbers are remembered for a slot: the present one and some before it. */
const ownersPerSlotMax = 4;

export interface SlotListenerOptions {
  readonly redis: Pick<RedisSettings, 'REDIS'>;
  onValue(value: Buffer): void;
  /** Of these accounts something may have been missed; what is published from now on is heard. */
  onGap(touches: (accountId: string) => boolean): void;
  onFailure(error: unknown): void;
}

export interface SlotListener extends AsyncDisposable {
  /** Resolves when what is published about the account is heard, or after `followWaitMs`. */
  follow(accountId: string): Promise<void>;
  unfollow(accountId: string): void;
  /** Resolves when `connected` is true for the first time. */
  readonly established: Promise<void>;
  /** True while every partition is brought and Redis is heard. */
  connected(): boolean;
  readonly slots: number;
}

interface Slot {
  /** Accounts in it that are followed. */
  followers: number;
  /** Redis has confirmed a subscription. */
  heard: boolean;
  readonly whenHeard: PromiseWithResolvers<void>;
  /** Which of the beats was heard last before it was. */
  heardAtBeat: number;
  /** The last number of each owner; none before the first message. */
  readonly sequences: Map<string, number>;
}

export function startSlotListener(options: SlotListenerOptions): SlotListener {
  const redis = openFeedRedis(options.redis);
  const slots = new Map<number, Slot>();
  /** By partition. */
  const epochs = new Map<number, { epoch: string; at: number }>();
  const established = Promise.withResolvers<void>();
  /** By owner, which of all beats its last one was. */
  const lastBeats = new Map<string, number>();
  let beats = 0;
  let partitions = 0;
  /** All that is followed is subscribed to on the present connection. */
  let subscribed = false;
  let failing = false;
  let disposed = false;

  redis.on('ready', () => void subscribeAll());
  redis.on('close', () => {
    subscribed = false;
    fail(new Error('Redis cannot be reached'));
  });
  redis.on('smessageBuffer', (channel: Buffer, message: Buffer) => {
    const name = channel.toString('latin1');
    if (name === beatChannel) hearBeat(readBeat(message.toString()));
    else hear(Number(name.slice(name.lastIndexOf(':') + 1)), message);
  });
  const timer = setInterval(() => {
    if (redis.status !== 'ready') return;
    redis.ping().catch(() => {});
    // A node that no longer has the feed answers pings, and says where it is only when it is asked.
    if (subscribed && !connected()) redis.ssubscribe(beatChannel).catch(() => {});
  }, pingEveryMs);

  /** On a new connection everything is subscribed to again, and what was said meanwhile is lost. */
  async function subscribeAll(): Promise<void> {
    const { stream } = redis;
    try {
      await redis.ssubscribe(beatChannel);
      const wanted = [...slots.keys()];
      for (let start = 0; start < wanted.length; start += channelsPerCommand) {
        const some = wanted
          .slice(start, start + channelsPerCommand)
          .filter((each) => slots.has(each));
        if (some.length === 0) continue;
        await redis.ssubscribe(...some.map(channelOf));
        for (const each of some) confirm(slots.get(each));
      }
      if (redis.stream !== stream || redis.status !== 'ready') return;
      subscribed = true;
      failing = false;
      for (const slot of slots.values()) {
        slot.sequences.clear();
        slot.heardAtBeat = beats;
      }
      for (const heard of epochs.values()) heard.at = Number.NEGATIVE_INFINITY;
      options.onGap(() => true);
      look();
    } catch (error) {
      if (redis.stream !== stream) return;
      fail(error);
      redis.disconnect(true);
    }
  }

  function fail(error: unknown): void {
    if (failing || disposed) return;
    failing = true;
    options.onFailure(error);
  }

  function confirm(slot: Slot | undefined): void {
    if (slot === undefined) return;
    slot.heard = true;
    slot.heardAtBeat = beats;
    slot.whenHeard.resolve();
  }

  function hear(number: number, message: Buffer): void {
    const { owner, sequence, value } = readSlotMessage(message);
    const slot = slots.get(number);
    if (slot === undefined) return;
    const { sequences } = slot;
    const last = sequences.get(owner);
    if (last === undefined && sequences.size >= ownersPerSlotMax) sequences.clear();
    sequences.set(owner, sequence);
    options.onValue(value);
    if (last !== undefined && sequence > last + 1) options.onGap((id) => slotOf(id) === number);
  }

  function hearBeat(beat: Beat): void {
    const now = performance.now();
    const ended = new Set<number>();
    for (const [partition, epoch] of beat.epochs) {
      if (epochs.get(partition)?.epoch !== epoch) ended.add(partition);
      epochs.set(partition, { epoch, at: now });
    }
    partitions = beat.partitions;
    hearHeads(beat);
    if (ended.size > 0) options.onGap((id) => ended.has(partitionOf(id, partitions)));
    look();
  }

  /**
   * What was published since the owner's beat before this one, and did not come. Of a slot that was heard
   * before that one everything must have; of another only what follows a number that it has.
   */
  function hearHeads({ owner, heads }: Beat): void {
    const before = lastBeats.get(owner) ?? 0;
    beats += 1;
    if (lastBeats.size >= ownersMax) lastBeats.clear();
    lastBeats.set(owner, beats);
    const missed = new Set<number>();
    for (const [number, head] of heads) {
      const slot = slots.get(number);
      if (slot?.heard !== true) continue;
      const last = slot.sequences.get(owner);
      if (last === undefined ? slot.heardAtBeat >= before : last >= head) continue;
      slot.sequences.set(owner, head);
      missed.add(number);
    }
    if (missed.size > 0) options.onGap((id) => missed.has(slotOf(id)));
  }

  function connected(): boolean {
    if (!subscribed || partitions === 0) return false;
    const since = performance.now() - silentMs;
    for (let partition = 0; partition < partitions; partition += 1) {
      if ((epochs.get(partition)?.at ?? Number.NEGATIVE_INFINITY) < since) return false;
    }
    return true;
  }

  function look(): void {
    if (connected()) established.resolve();
  }

  function subscribe(number: number): Slot {
    const slot: Slot = {
      followers: 0,
      heard: false,
      heardAtBeat: 0,
      whenHeard: Promise.withResolvers(),
      sequences: new Map(),
    };
    slots.set(number, slot);
    // Without a connection the next one subscribes to it.
    redis.ssubscribe(channelOf(number)).then(
      () => confirm(slot),
      () => {},
    );
    return slot;
  }

  return {
    established: established.promise,
    connected,
    get slots() {
      return slots.size;
    },
    async follow(accountId) {
      const number = slotOf(accountId);
      const slot = slots.get(number) ?? subscribe(number);
      slot.followers += 1;
      if (slot.heard) return;
      const late = delay(followWaitMs, undefined, { ref: false });
      await Promise.race([slot.whenHeard.promise, late]);
    },
    unfollow(accountId) {
      const number = slotOf(accountId);
      const slot = slots.get(number);
      if (slot === undefined) return;
      slot.followers -= 1;
      if (slot.followers > 0) return;
      slots.delete(number);
      redis.sunsubscribe(channelOf(number)).catch(() => {});
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      clearInterval(timer);
      established.resolve();
      closeFeedRedis(redis);
    },
  };
}
