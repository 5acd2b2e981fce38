/**
 * The streams that a client sends. Items wait for the method that reads them, but only so many on one
 * connection: then nothing more is read from it, which in the end makes the client wait. As a method
 * that never reads would stop its connection for good, its stream fails after a time.
 */
import { HubError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Completion, StreamItem } from '../protocol/protocol.ts';
import { type OutputOf, type StandardSchema, validate } from './standard-schema.ts';

type StreamLimits = Pick<Limits, 'streamItemsMax' | 'streamStalledMs'>;

export class ClientStreams {
  readonly #limits: StreamLimits;
  readonly #open = new Map<string, ClientStream>();
  #waitingItems = 0;
  #readAt = 0;
  /** The stream whose item was one too many, and how to go on when there is room. */
  #full: { stream: ClientStream; resume: () => void } | undefined;

  constructor(limits: StreamLimits) {
    this.#limits = limits;
  }

  has(streamId: string): boolean {
    return this.#open.has(streamId);
  }

  open(streamId: string): ClientStream {
    const stream = new ClientStream({
      removed: (items) => this.#removed(items),
      ended: () => this.#open.delete(streamId),
    });
    this.#open.set(streamId, stream);
    return stream;
  }

  /** Resolves when there is room for another item. Items that nobody expects are passed over. */
  push({ invocationId, item }: StreamItem): Promise<void> | undefined {
    const stream = this.#open.get(invocationId);
    if (stream === undefined) return undefined;
    stream.add(item);
    this.#waitingItems += 1;
    if (this.#waitingItems < this.#limits.streamItemsMax) return undefined;
    this.#readAt = performance.now();
    return new Promise((resume) => {
      this.#full = { stream, resume };
    });
  }

  complete({ invocationId, error }: Completion): void {
    this.#open.get(invocationId)?.end(error === undefined ? undefined : new HubError(error));
  }

  /** Fails the stream that has held up the connection for too long. */
  sweep(now: number): void {
    if (this.#full === undefined || now - this.#readAt <= this.#limits.streamStalledMs) return;
    this.#full.stream.discard(new HubError('The items of a stream were not read in time.'));
  }

  failAll(error: Error): void {
    for (const stream of this.#open.values()) stream.discard(error);
  }

  #removed(items: number): void {
    this.#waitingItems -= items;
    this.#readAt = performance.now();
    if (this.#waitingItems >= this.#limits.streamItemsMax) return;
    this.#full?.resume();
    this.#full = undefined;
  }
}

/** One stream, to be read once. */
export class ClientStream {
  readonly #owner: { removed(items: number): void; ended(): void };
  #items: unknown[] = [];
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(owner: { removed(items: number): void; ended(): void }) {
    this.#owner = owner;
  }

  add(item: unknown): void {
    this.#items.push(item);
    this.#wake?.();
  }

  /** What waits can still be read; after it comes the error, if any. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#owner.ended();
    this.#wake?.();
  }

  /** Ends it and drops what waits. */
  discard(error?: Error): void {
    const { length } = this.#items;
    this.#items = [];
    this.end(error);
    this.#owner.removed(length);
  }

  /**
   * The items, as the schema gives them back. Throws a `HubError` at an item that is not valid and
   * when the client ends the stream with an error, and another error when the connection ends.
   */
  async *items<Schema extends StandardSchema>(schema: Schema): AsyncGenerator<OutputOf<Schema>> {
    const refuse = (issue: string) => new HubError(`A stream item is invalid: ${issue}`);
    try {
      while (await this.#arrived()) {
        const item = this.#items.shift();
        this.#owner.removed(1);
        yield await validate(schema, item, refuse);
      }
    } finally {
      this.discard();
    }
  }

  async #arrived(): Promise<boolean> {
    while (this.#items.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#items.length > 0) return true;
    if (this.#error !== undefined) throw this.#error;
    return false;
  }
}
