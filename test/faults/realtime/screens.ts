// Clients of the hub as people's screens are: each watches some accounts, shows the newest version of
// each, and when its connection ends it comes back, for ever, after a random pause.
import { setTimeout as delay } from 'node:timers/promises';
import { hubMethods, type BalanceUpdate } from '../../../src/contracts/hub.ts';
import { openHubSocket, type HubSocket } from '../../../load/screens/hub-socket.ts';

const pauseMinMs = 50;
const pauseMaxMs = 800;
/** About how long a restless one stays. */
const restlessMs = 1_500;

export interface Screen extends AsyncDisposable {
  readonly name: string;
  readonly accounts: readonly string[];
  /** The newest version that was shown, by account. */
  readonly shown: ReadonlyMap<string, number>;
}

/** What all screens saw together. */
export interface Sightings {
  /** account → version → available amount: the same on every screen at any time. */
  readonly amounts: Map<string, Map<number, string>>;
  /** Breaches of the promise, in words. */
  readonly wrong: string[];
  /** Connections that began with an older version than the screen goes on showing. */
  older: number;
  connections: number;
  updates: number;
}

export function newSightings(): Sightings {
  return { amounts: new Map(), wrong: [], older: 0, connections: 0, updates: 0 };
}

export interface ScreenOptions {
  readonly name: string;
  readonly url: string;
  readonly accounts: readonly string[];
  readonly sightings: Sightings;
  /** Of its accounts those that it leaves and comes back to, again and again. */
  readonly restless: readonly string[];
  readonly random: () => number;
}

export function startScreen(options: ScreenOptions): Screen {
  const { name, url, accounts, sightings, random } = options;
  const shown = new Map<string, number>();
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = run();

  async function run(): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      failures = (await watch()) ? 0 : failures + 1;
      const pauseMs = Math.min(pauseMaxMs, pauseMinMs * 2 ** failures) * (0.5 + random() / 2);
      await delay(pauseMs, undefined, { signal }).catch(() => {});
    }
  }

  /** Resolves when the connection has ended, to whether it had subscribed. */
  async function watch(): Promise<boolean> {
    /** The last version that each account had on this connection. */
    const last = new Map<string, number>();
    /** Subscribed to again since: the same version may come once more. */
    const again = new Set<string>();
    const socket = openHubSocket(url, (update) => {
      judge(update, last, again);
      show(update);
    });
    const { gone } = socket;
    const ended = new Promise<void>((resolve) => gone.addEventListener('abort', () => resolve()));
    signal.addEventListener('abort', socket.close);
    await socket.opened;
    if (!gone.aborted) sightings.connections += 1;
    const subscribed = await socket.call(hubMethods.subscribeMultiple, accounts);
    if (subscribed) await beRestless(socket, again);
    else socket.close();
    await ended;
    signal.removeEventListener('abort', socket.close);
    return subscribed;
  }

  function judge(
    { accountId, version }: BalanceUpdate,
    last: Map<string, number>,
    again: Set<string>,
  ) {
    const before = last.get(accountId);
    if (before === undefined) {
      if (version < (shown.get(accountId) ?? -1)) sightings.older += 1;
    } else if (version < before || (version === before && !again.has(accountId))) {
      sightings.wrong.push(`${name}: ${accountId} went from ${before} to ${version}`);
    }
    again.delete(accountId);
    last.set(accountId, version);
  }

  function show({ accountId, version, availableMinor }: BalanceUpdate): void {
    sightings.updates += 1;
    if (version > (shown.get(accountId) ?? -1)) shown.set(accountId, version);
    const amounts = sightings.amounts.get(accountId) ?? new Map<number, string>();
    sightings.amounts.set(accountId, amounts);
    const known = amounts.get(version);
    if (known === undefined) amounts.set(version, availableMinor);
    else if (known !== availableMinor) {
      sightings.wrong.push(`${accountId} at ${version} is ${known} and ${availableMinor}`);
    }
  }

  async function beRestless(socket: HubSocket, again: Set<string>): Promise<void> {
    const { restless } = options;
    while (restless.length > 0 && !socket.gone.aborted) {
      const pauseMs = restlessMs * (0.5 + random());
      await delay(pauseMs, undefined, { signal: socket.gone }).catch(() => {});
      const accountId = restless[Math.floor(random() * restless.length)]!;
      await socket.call(hubMethods.unsubscribe, accountId);
      again.add(accountId);
      // Refused while the ledger is away: a new connection subscribes to everything.
      if (!(await socket.call(hubMethods.subscribe, accountId))) socket.close();
    }
  }

  return {
    name,
    accounts,
    shown,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
    },
  };
}
