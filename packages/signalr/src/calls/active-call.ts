/** A call of a client from its arrival until its completion, and how it is cancelled meanwhile. */
import { type Invocation, messageTypes, type StreamInvocation } from '../protocol/protocol.ts';
import type { ClientStream } from './client-streams.ts';

export type CallMessage = Invocation | StreamInvocation;

export class ActiveCall {
  readonly message: CallMessage;
  /** What the client sends along, in the order of the parameters. */
  readonly streams: ClientStream[];
  /** Settles when a stream that was not read to its end has noticed. */
  left: Promise<unknown> | undefined;
  readonly #controller = new AbortController();
  #interrupt: (() => void) | undefined;

  constructor(message: CallMessage, streams: ClientStream[]) {
    this.message = message;
    this.streams = streams;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get cancelled(): boolean {
    return this.signal.aborted;
  }

  /** It is answered by a stream of items. */
  get streaming(): boolean {
    return this.message.type === messageTypes.streamInvocation;
  }

  cancel(): void {
    this.#controller.abort();
    this.#interrupt?.();
  }

  /** Settles like the promise, or is undefined as soon as the call is cancelled. */
  async unlessCancelled<Value>(promise: Promise<Value>): Promise<Value | undefined> {
    return new Promise((resolve, reject) => {
      this.#interrupt = () => resolve(undefined);
      promise.then(resolve, reject);
      if (this.cancelled) resolve(undefined);
    });
  }
}
