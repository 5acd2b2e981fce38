// A clock and a hub that a test moves by hand.
import type { Clock } from './clock.ts';
import type { Hub, Loss } from './live/hub.ts';

export interface HandClock extends Clock {
  /** Moves on, running what falls due in order, and lets promises settle in between. */
  pass(ms: number): Promise<void>;
}

export function handClock(startMs = 1_000_000): HandClock {
  let nowMs = startMs;
  let nextId = 1;
  const due = new Map<number, { atMs: number; run: () => void }>();
  const earliest = (untilMs: number) =>
    [...due].filter(([, timer]) => timer.atMs <= untilMs).sort((a, b) => a[1].atMs - b[1].atMs)[0];
  return {
    now: () => nowMs,
    setTimeout(run, ms) {
      due.set(nextId, { atMs: nowMs + ms, run });
      return nextId++;
    },
    clearTimeout: (timer) => void due.delete(timer as number),
    async pass(ms) {
      const untilMs = nowMs + ms;
      await settled();
      for (let next = earliest(untilMs); next !== undefined; next = earliest(untilMs)) {
        due.delete(next[0]);
        nowMs = next[1].atMs;
        next[1].run();
        await settled();
      }
      nowMs = untilMs;
    },
  };
}

export interface HandHub extends Hub {
  /** What the client invoked, oldest first, with the means to answer. */
  readonly calls: {
    method: string;
    argument: unknown;
    resolve(value: unknown): void;
    reject(error: Error): void;
  }[];
  starts: number;
  /** What starts come to: undefined connects. */
  loss: Loss | undefined;
  /** Starts come to nothing, and say nothing, until they are left. */
  swallows: boolean;
  /** Starts that are waited for, oldest first, with the means to answer. */
  readonly tries: { readonly leaving: AbortSignal; answer(): void; stand(): void }[];
  /** When the server was last heard; undefined: just now. */
  heard: number | undefined;
  opensWith: string | undefined;
  push(event: string, value: unknown): Promise<void>;
  drop(loss?: Loss): void;
}

export const unreachable: Loss = { code: 'unreachable', message: 'cut', final: false };

export function handHub({ now }: Pick<Clock, 'now'>): HandHub {
  const handlers = new Map<string, (value: unknown) => void>();
  let lost: (loss: Loss) => void = () => undefined;
  let connected = false;
  const hub: HandHub = {
    calls: [],
    starts: 0,
    loss: undefined,
    swallows: false,
    tries: [],
    heard: undefined,
    opensWith: undefined,
    async start(leaving, onAnswer) {
      hub.starts++;
      if (hub.swallows) {
        return new Promise((resolve) => {
          const over = () => void hub.tries.splice(hub.tries.indexOf(one), 1);
          const stand = () => {
            over();
            connected = true;
            resolve(undefined);
          };
          const one = { leaving, answer: onAnswer, stand };
          hub.tries.push(one);
          leaving.addEventListener('abort', over);
        });
      }
      connected = hub.loss === undefined;
      return hub.loss;
    },
    stop: () => void (connected = false),
    onLost: (handler) => (lost = handler),
    on: (event, handler) => void handlers.set(event, handler),
    invoke: (method, argument) =>
      new Promise((resolve, reject) => hub.calls.push({ method, argument, resolve, reject })),
    heardAtMs: () => hub.heard ?? now(),
    token: () => hub.opensWith,
    async push(event, value) {
      handlers.get(event)?.(value);
      await settled();
    },
    drop(loss = unreachable) {
      if (!connected) return;
      connected = false;
      lost(loss);
    },
  };
  return hub;
}

/** All promise reactions that are due have run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
