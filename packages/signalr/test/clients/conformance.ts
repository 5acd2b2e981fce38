/**
 * The script that every client goes through, over each transport and in each protocol that it has.
 * What a client cannot do is said in its table with the reason, and that part is left out.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '../serve.ts';
import { type Ability, type Check, checks } from './checks.ts';
import type { Command, Driver, ProtocolName, StartOptions, TransportName } from './command.ts';
import { type ConformanceHub, createConformanceHub } from './conformance-hub.ts';

export interface Profile {
  name: string;
  /** What the client speaks. */
  ways: Way[];
  /** What the client cannot do, and why. */
  lacks?: Lacks;
  /** How soon the client can be made to give up on the server, when it pings four times as often. */
  timeoutMs?: number;
}

export interface Way {
  transport: TransportName;
  protocol: ProtocolName;
  statefulReconnect?: boolean;
  /** What it cannot do on this way only. */
  lacks?: Lacks;
}

export type Lacks = Partial<Record<Ability, string>>;

export interface Scene extends AsyncDisposable {
  hub: ConformanceHub;
  url: string;
  /** After which both sides give up. */
  timeoutMs: number;
  /** Breaks off every connection. */
  cut(): void;
  /** A client that has started, and is stopped at the end. */
  open(options?: Partial<StartOptions>): Promise<Client>;
}

/** Ends what hangs; other programs may hold the processors for as long. */
const checkTimeoutMs = 30_000;
/** All checks of all ways. */
const timeoutMs = 240_000;
const patientMs = 30_000;
const impatientMs = 1_000;
/** Pings are frequent because one client, when it stops, waits for the next. */
const hubTimings = { keepAliveMs: 100, sweepMs: 20 };

export function testConformance(profile: Profile, startDriver: () => Promise<Driver>): void {
  // The ways at once, because most of the time goes into waiting.
  test(`${profile.name} conforms`, { concurrency: true, timeout: timeoutMs }, async (t) => {
    const ways = profile.ways.map((way) =>
      t.test(nameOf(way), { timeout: timeoutMs }, async (t) => {
        await using driver = await startDriver();
        await connectOnce(driver, profile, way);
        for (const check of checks) {
          if (check.needs?.some((ability) => !able(profile, way, ability))) continue;
          await t.test(check.name, { timeout: checkTimeoutMs }, async () => {
            await using scene = await setUp(driver, profile, way, check);
            await check.run(scene);
          });
        }
      }),
    );
    await Promise.all(ways);
  });
}

/** So that the start of a program, which takes seconds, is not in the time of the first check. */
async function connectOnce(driver: Driver, profile: Profile, way: Way): Promise<void> {
  await using scene = await setUp(driver, profile, way, checks[0]!);
  await scene.open();
}

function nameOf({ transport, protocol, statefulReconnect }: Way): string {
  const extra = statefulReconnect ? ' with stateful reconnect' : '';
  return `over ${transport} in ${protocol}${extra}`;
}

function able(profile: Profile, way: Way, ability: Ability): boolean {
  if (ability === 'binary values' && way.protocol !== 'messagepack') return false;
  if (ability === 'skipping negotiation' && way.transport !== 'WebSockets') return false;
  const stateful = way.statefulReconnect === true;
  if (ability === 'stateful reconnect' && !stateful) return false;
  if (ability === 'reconnecting' && stateful) return false;
  return !(ability in { ...profile.lacks, ...way.lacks });
}

async function setUp(driver: Driver, profile: Profile, way: Way, check: Check): Promise<Scene> {
  const timeoutMs = check.impatient ? (profile.timeoutMs ?? impatientMs) : patientMs;
  const hub = createConformanceHub({ ...hubTimings, clientTimeoutMs: timeoutMs });
  const served = await serve(hub);
  const clients: Client[] = [];
  const scene: Scene = {
    hub,
    url: served.url,
    timeoutMs,
    cut: () => served.cut(),
    async open(options = {}) {
      const client = new Client(driver, `client ${(clientsMade += 1)}`);
      clients.push(client);
      await client.start({
        transport: way.transport,
        protocol: way.protocol,
        ...(way.statefulReconnect && { statefulReconnect: true }),
        url: served.url,
        token: 'ada',
        keepAliveMs: timeoutMs / 4,
        serverTimeoutMs: timeoutMs,
        ...options,
      });
      return client;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.stop()));
      await served[Symbol.asyncDispose]();
    },
  };
  return scene;
}

let clientsMade = 0;

/** The commands as functions. */
export class Client {
  id: string | null = null;
  readonly #driver: Driver;
  readonly #name: string;

  constructor(driver: Driver, name: string) {
    this.#driver = driver;
    this.#name = name;
  }

  async start(options: StartOptions): Promise<void> {
    this.id = (await this.#run({ do: 'start', ...options })) as string | null;
  }

  invoke(target: string, ...args: unknown[]): Promise<unknown> {
    return this.#run({ do: 'invoke', target, args });
  }

  async send(target: string, ...args: unknown[]): Promise<void> {
    await this.#run({ do: 'send', target, args });
  }

  async stream(target: string, args: unknown[], take?: number): Promise<unknown[]> {
    const limit = take === undefined ? {} : { take };
    return (await this.#run({ do: 'stream', target, args, ...limit })) as unknown[];
  }

  upload(target: string, ...items: unknown[]): Promise<unknown> {
    return this.#run({ do: 'upload', target, items });
  }

  async pushes(count: number): Promise<unknown[][]> {
    return (await this.#run({ do: 'pushes', count })) as unknown[][];
  }

  async reconnected(times = 1): Promise<void> {
    const id = (await this.#run({ do: 'reconnected', times })) as string | null;
    if (this.id !== null) assert.notEqual(id, this.id);
    this.id = id;
  }

  async closed(): Promise<string | null> {
    return (await this.#run({ do: 'closed' })) as string | null;
  }

  async stop(): Promise<void> {
    await this.#run({ do: 'stop' });
  }

  #run(command: Command): Promise<unknown> {
    return this.#driver.run(this.#name, command);
  }
}
