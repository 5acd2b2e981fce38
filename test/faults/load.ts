// Callers as real clients are: each sends transfer after transfer, and when it does not hear the
// outcome it asks again with the same key until it does.
import type { Client } from '../system.ts';

const retryPauseMs = 50;

export interface Acknowledged {
  readonly key: string;
  readonly entryId: string;
  readonly source: string;
  readonly destination: string;
  readonly minor: number;
}

export interface Load {
  readonly acknowledged: readonly Acknowledged[];
  readonly sent: ReadonlySet<string>;
  /** Answers other than 201 and 503, and they should not be. */
  readonly unexpected: readonly string[];
  /** Resolves when at least so many transfers more are acknowledged than now. */
  more(count: number): Promise<void>;
  /** Lets every caller finish its transfer, however long it has to ask. */
  stop(): Promise<void>;
}

/** @param restMs pause of a caller between two transfers */
export function startLoad(
  client: Client,
  accounts: readonly string[],
  callers: number,
  restMs = 0,
): Load {
  const acknowledged: Acknowledged[] = [];
  const sent = new Set<string>();
  const unexpected: string[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let stopping = false;

  async function call(caller: number): Promise<void> {
    for (let i = 0; !stopping; i += 1) {
      const key = `load-${caller}-${i}`;
      const source = accounts[(caller + i) % accounts.length]!;
      const destination = accounts[(caller + i * 7 + 1) % accounts.length]!;
      if (source === destination) continue;
      const minor = 1 + ((caller * 31 + i) % 97);
      sent.add(key);
      const entryId = await untilHeard(key, source, destination, minor);
      if (entryId === undefined) continue;
      acknowledged.push({ key, entryId, source, destination, minor });
      for (const waiter of waiting) if (acknowledged.length >= waiter.count) waiter.resolve();
      if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
    }
  }

  async function untilHeard(key: string, source: string, destination: string, minor: number) {
    for (;;) {
      try {
        const answer = await client.transfer(key, source, destination, minor);
        if (answer.status === 201) return answer.body.entryId as string;
        if (answer.status !== 503) {
          unexpected.push(`${answer.status} ${answer.text}`);
          return undefined;
        }
      } catch {
        // The connection broke: the outcome is unknown.
      }
      await new Promise((resolve) => setTimeout(resolve, retryPauseMs));
    }
  }

  const running = Array.from({ length: callers }, (_, caller) => call(caller));
  return {
    acknowledged,
    sent,
    unexpected,
    more: (count) =>
      new Promise((resolve) => waiting.push({ count: acknowledged.length + count, resolve })),
    async stop() {
      stopping = true;
      await Promise.all(running);
    },
  };
}
