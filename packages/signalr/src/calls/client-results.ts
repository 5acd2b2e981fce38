/**
 * Calls in the other direction: the server invokes a method of the client and waits for its result,
 * for a time and not for too many at once, because a client need not answer.
 */
import { type Limits, timerMaxMs } from '../limits.ts';
import type { Completion } from '../protocol/protocol.ts';

/** Why a client gave no result. Its message stays on the server, unlike that of a `HubError`. */
export class ClientResultError extends Error {
  override name = 'ClientResultError';
  readonly code: 'client_error' | 'timeout' | 'disconnected' | 'too_many' | 'invalid_result';

  constructor(code: ClientResultError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: unknown): void;
  timer: NodeJS.Timeout;
}

export class ClientResults {
  readonly #limits: Pick<Limits, 'clientResultsMax'>;
  readonly #pending = new Map<string, Pending>();
  #lastId = 0;

  constructor(limits: Pick<Limits, 'clientResultsMax'>) {
    this.#limits = limits;
  }

  /** Waits for the result of the invocation that `send` sends under the id that it is given. */
  request(send: (invocationId: string) => void, timeoutMs: number): Promise<unknown> {
    const { clientResultsMax } = this.#limits;
    if (this.#pending.size >= clientResultsMax) {
      throw new ClientResultError(
        'too_many',
        `${clientResultsMax} results of this client are being waited for already`,
      );
    }
    // The letter keeps these ids apart from those that clients give their streams: both are completed.
    const invocationId = `s${++this.#lastId}`;
    const result = new Promise((resolve, reject) => {
      const waitMs = Math.min(timeoutMs, timerMaxMs);
      const timer = setTimeout(() => {
        this.#pending.delete(invocationId);
        reject(new ClientResultError('timeout', `the client gave no result in ${timeoutMs} ms`));
      }, waitMs);
      this.#pending.set(invocationId, { resolve, reject, timer });
    });
    try {
      // It may end the connection, and with it all that is waited for.
      send(invocationId);
    } catch (error) {
      this.#take(invocationId)?.reject(error);
    }
    return result;
  }

  /** False when the completion is not that of a result that is waited for. */
  settle({ invocationId, result, error }: Completion): boolean {
    const pending = this.#take(invocationId);
    if (pending === undefined) return false;
    if (error === undefined) pending.resolve(result);
    else pending.reject(new ClientResultError('client_error', error));
    return true;
  }

  failAll(): void {
    for (const invocationId of this.#pending.keys()) {
      const error = new ClientResultError('disconnected', 'the connection has ended');
      this.#take(invocationId)?.reject(error);
    }
  }

  #take(invocationId: string): Pending | undefined {
    const pending = this.#pending.get(invocationId);
    if (pending === undefined) return undefined;
    this.#pending.delete(invocationId);
    clearTimeout(pending.timer);
    return pending;
  }
}
