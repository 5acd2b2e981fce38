/**
 * Answers a call with a stream: the next item is taken when the one before it has been sent, so that a
 * slow client slows the method down and nothing piles up.
 */
import { setImmediate } from 'node:timers/promises';
import type { ActiveCall } from './active-call.ts';

/** After this many items a stream lets others have a turn, even if it never waits itself. */
const itemsPerTurnMax = 100;

/**
 * Resolves when the stream has ended or the call was cancelled; rejects with what the stream throws.
 * A stream that is left before its end is told so by its iterator's `return`.
 */
export async function sendItems(
  call: ActiveCall,
  items: AsyncIterable<unknown>,
  side: {
    send(item: unknown): void;
    /** Undefined while there is room. */
    room(): Promise<void> | undefined;
    failed(error: unknown): void;
  },
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (let sent = 1; !call.cancelled; sent++) {
      const next = await call.unlessCancelled(iterator.next());
      if (next?.done === true) return;
      for (let full = side.room(); full && !call.cancelled; full = side.room()) {
        await call.unlessCancelled(full);
      }
      if (next === undefined || call.cancelled) break;
      side.send(next.value);
      if (sent % itemsPerTurnMax === 0) await setImmediate();
    }
  } catch (error) {
    call.left = leave(iterator, side.failed);
    throw error;
  }
  call.left = leave(iterator, side.failed);
}

/** Nobody waits for it to go on, as it may wait for whatever the stream is waiting for. */
async function leave(
  iterator: AsyncIterator<unknown>,
  failed: (error: unknown) => void,
): Promise<void> {
  try {
    await iterator.return?.();
  } catch (error) {
    failed(error);
  }
}
