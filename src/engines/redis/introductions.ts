// Readers wait only for writers that they know. So a new one has to be known wherever another writer
// holds a lease before it acknowledges anything, also where it cannot reach Redis itself, or has reached
// another server than they. The book is where they meet: each writer enters those whom it has not met
// into the register beside its own lease, and then says in the book that it has.
import type { ShardWriter } from './shard-writer.ts';
import { until } from './until.ts';

/** Pause between looks for writers that are new. */
const lookMs = 100;

/** What the book knows of the writers; bound to one of them. */
export interface WriterBook {
  /** Ids of all writers that may owe the cache something, this one or not. */
  known(): Promise<readonly string[]>;
  /** Ids of the others that this one has not met. */
  strangers(): Promise<readonly string[]>;
  /** Says that this one has met them. */
  met(strangers: readonly string[]): Promise<void>;
  /**
   * Who has not met this one: a living writer, only dead ones, or nobody. A living one until this one
   * has entered itself.
   */
  unmetBy(): Promise<'living' | 'dead' | 'nobody'>;
}

export interface Introductions extends AsyncDisposable {
  /** Resolves when readers know this writer, or trust nobody who does not. */
  readonly introduced: Promise<void>;
  readonly done: boolean;
}

export interface IntroductionsOptions {
  readonly book: WriterBook;
  readonly shards: readonly Pick<ShardWriter, 'meet'>[];
  /** CACHE_LEASE_MS: so long may a dead writer's lease stand. */
  readonly leaseMs: number;
}

export function introduce({ book, shards, leaseMs }: IntroductionsOptions): Introductions {
  const introduced = Promise.withResolvers<void>();
  let done = false;
  let stopping = false;
  let wake: (() => void) | undefined;
  const finished = run();

  async function run(): Promise<void> {
    while (!stopping) {
      // The book or Redis may be away: whoever waits for this goes on waiting.
      await meetStrangers().catch(noop);
      if (!done) await askWhetherDone().catch(noop);
      if (!stopping) await pause();
    }
  }

  async function meetStrangers(): Promise<void> {
    const strangers = await book.strangers();
    if (strangers.length === 0) return;
    const met = await Promise.all(shards.map((shard) => shard.meet(strangers)));
    if (met.every(Boolean)) await book.met(strangers);
  }

  async function askWhetherDone(): Promise<void> {
    const unmetBy = await book.unmetBy();
    if (unmetBy === 'living') return;
    if (unmetBy === 'dead') await until(performance.now() + leaseMs);
    done = true;
    introduced.resolve();
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, lookMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  return {
    introduced: introduced.promise,
    get done() {
      return done;
    },
    async [Symbol.asyncDispose]() {
      stopping = true;
      wake?.();
      await finished;
    },
  };
}

function noop(): void {}
