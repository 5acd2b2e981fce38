// Screens of customers: connections to the hub that watch accounts and come back by themselves, as the
// apps' do. What is measured is what customers notice: how long they were without a connection, and how
// long after a payment their screen shows it.
import { fullJitterMs } from '../../packages/client/src/jitter.ts';
import { limits } from '../../packages/client/src/limits.ts';
import type { Random } from '../../src/commands/demo/random.ts';
import { hubMethods } from '../../src/contracts/hub.ts';
import type { Clock } from '../clock.ts';
import type { LatencyFigures } from '../latencies.ts';
import { Freshness, type Shown } from './freshness.ts';
import { openHubSocket, type HubSocket } from './hub-socket.ts';

/** Screens that connect at once, so that the start is not an attack. */
const openingAtOnce = 20;
const lastUpdatesMs = 5_000;
const pollMs = 20;

export interface ScreensOptions {
  /** Of the gateway. */
  readonly url: string;
  /** Of the subjects that share the screens: each may have so many connections only. */
  readonly tokens: readonly string[];
  readonly count: number;
  /** Shared out so that each is on at least one screen while there are places. */
  readonly accountIds: readonly string[];
  readonly accountsEach: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Ends the opening with what it was aborted with, and the wait for the last updates. */
  readonly signal: AbortSignal;
}

export interface ScreenFigures {
  readonly screens: number;
  /** Of the time that all screens together should have been connected, since `begin`. */
  readonly uptime: number;
  readonly reconnects: number;
  /** From when a payment was sent to when a screen showed it; for each screen that shows an account. */
  readonly changeToScreen: LatencyFigures;
  /** Acknowledged changes that a screen never showed. */
  readonly missing: number;
  /** Connections that this machine had no socket for: the server has no part in these figures then. */
  readonly withoutSocket: number;
}

interface Screen {
  readonly token: string;
  readonly shown: ReadonlyMap<string, Shown>;
  socket: HubSocket | undefined;
  downSinceMs: number | undefined;
  downMs: number;
}

export class Screens implements Disposable {
  readonly freshness = new Freshness();
  readonly #options: ScreensOptions;
  readonly #screens: readonly Screen[];
  #beganAtMs = 0;
  #reconnects = 0;
  #withoutSocket = 0;
  #isOver = false;

  private constructor(options: ScreensOptions) {
    this.#options = options;
    const { accountIds, accountsEach, tokens } = options;
    const beganAtMs = options.clock.now();
    this.#screens = Array.from({ length: options.count }, (_, index) => {
      const ids = Array.from(
        { length: Math.min(accountsEach, accountIds.length) },
        (__, at) => accountIds[(index * accountsEach + at) % accountIds.length]!,
      );
      return {
        token: tokens[index % tokens.length]!,
        shown: new Map(ids.map((id) => [id, this.freshness.watch(id)])),
        socket: undefined,
        downSinceMs: beganAtMs,
        downMs: 0,
      };
    });
  }

  /** Resolves when each screen has tried to connect once. */
  static async open(options: ScreensOptions): Promise<Screens> {
    using opening = new DisposableStack();
    const screens = opening.use(new Screens(options));
    const { signal } = options;
    const disposing = () => screens[Symbol.dispose]();
    signal.addEventListener('abort', disposing);
    const waiting = screens.#screens.values();
    await Promise.all(
      Array.from({ length: openingAtOnce }, async () => {
        for (const screen of waiting) {
          const isConnected = await screens.#connect(screen);
          signal.throwIfAborted();
          if (!isConnected) screens.#return(screen);
        }
      }),
    );
    signal.removeEventListener('abort', disposing);
    opening.move();
    return screens;
  }

  get connected(): number {
    return this.#screens.filter(({ downSinceMs }) => downSinceMs === undefined).length;
  }

  /** From now on, what is down counts. */
  begin(): void {
    this.#beganAtMs = this.#options.clock.now();
    for (const screen of this.#screens) {
      screen.downMs = 0;
      if (screen.downSinceMs !== undefined) screen.downSinceMs = this.#beganAtMs;
    }
  }

  /** Waits a little for what is still on its way, unless the run was ended, then closes. */
  async end(): Promise<ScreenFigures> {
    const { clock, count, signal } = this.#options;
    const endedAtMs = clock.now();
    const down = this.#screens.reduce(
      (sum, { downMs, downSinceMs }) => sum + downMs + endedAtMs - (downSinceMs ?? endedAtMs),
      0,
    );
    const isAwaited = () => this.freshness.missing > 0 && !signal.aborted;
    while (isAwaited() && clock.now() < endedAtMs + lastUpdatesMs) {
      await new Promise<void>((resolve) => clock.setTimeout(resolve, pollMs));
    }
    this[Symbol.dispose]();
    return {
      screens: count,
      uptime: 1 - down / (count * (endedAtMs - this.#beganAtMs)),
      reconnects: this.#reconnects,
      changeToScreen: this.freshness.latencies.figures,
      missing: this.freshness.missing,
      withoutSocket: this.#withoutSocket,
    };
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const { socket } of this.#screens) socket?.close();
  }

  async #connect(screen: Screen): Promise<boolean> {
    const { url, clock } = this.#options;
    const place = `${url.replace(/^http/, 'ws')}/ws?access_token=${screen.token}`;
    const socket = openHubSocket(place, ({ accountId, version }) => {
      const shown = screen.shown.get(accountId);
      if (shown !== undefined) this.freshness.updated(shown, version, clock.now());
    });
    screen.socket = socket;
    await socket.opened;
    if (socket.hadNoSocket) this.#withoutSocket += 1;
    const subscribed = await socket.call(hubMethods.subscribeMultiple, [...screen.shown.keys()]);
    if (!subscribed) {
      socket.close();
      return false;
    }
    screen.downMs += clock.now() - screen.downSinceMs!;
    screen.downSinceMs = undefined;
    socket.gone.addEventListener('abort', () => {
      screen.downSinceMs = clock.now();
      this.#return(screen);
    });
    return true;
  }

  /** Tries until it is connected, with the pauses of the apps. */
  #return(screen: Screen, attempt = 0): void {
    const { clock, random } = this.#options;
    if (this.#isOver) return;
    const pauseMs = fullJitterMs(attempt, random(), limits.reconnectPause);
    clock.setTimeout(() => void this.#comeBack(screen, attempt), pauseMs);
  }

  async #comeBack(screen: Screen, attempt: number): Promise<void> {
    if (this.#isOver) return;
    this.#reconnects += 1;
    if (!(await this.#connect(screen))) this.#return(screen, attempt + 1);
  }
}
