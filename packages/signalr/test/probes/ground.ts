/**
 * Where the wire is probed: a hub with every kind of method, and two bystanders who must get, after
 * each probe, exactly the bytes that are meant for them. When all probes are done, only they are left.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import { z } from 'zod';
import { createHub, HubError, type Limits, streamOf } from '@atlas/signalr';
import { Connection } from '../../src/connection.ts';
import { packed } from '../echo-hub.ts';
import { RawClient } from '../raw-client.ts';
import { negotiate } from '../requests.ts';
import { serve } from '../serve.ts';
import { RawSocket, type UpgradeOptions } from './raw-socket.ts';

export interface Ground {
  hub: ReturnType<typeof createProbedHub>;
  /** http://127.0.0.1:port/ws */
  url: string;
  /** The address with the id of a connection that has been negotiated. */
  negotiated(query?: string): Promise<string>;
  /** A client whose handshake is done. */
  open(protocol?: 'json' | 'messagepack'): Promise<RawClient>;
  /** A client whose handshake is not. */
  connect(): Promise<RawClient>;
  /** A socket that speaks bytes; with `handshake` it has done that of JSON. */
  socket(options?: UpgradeOptions & { handshake?: boolean }): Promise<RawSocket>;
  /** Resolves when what earlier probes have left is gone, so that what ends from here on is one's own. */
  quiet(): Promise<void>;
}

/** The connections that are there all the time. */
const bystanders = 2;

/** Timeouts that end what a probe has left lying about, and none that ends it under its hands. */
const shortLimits: Partial<Limits> = {
  sweepMs: 10,
  closeMs: 100,
  pollGapMs: 300,
  reattachMs: 300,
  handshakeMs: 1_000,
};

export function createProbedHub(limits: Partial<Limits>) {
  const errors: unknown[] = [];
  /** `requests`: that have come in; `calls`: of `Echo`, carried out. */
  const counts = { requests: 0, streamsOpen: 0, calls: 0 };
  const hub = createHub<string>({
    limits: { ...shortLimits, ...limits },
    authenticate({ token = 'nobody' }) {
      counts.requests += 1;
      return token === 'wrong' ? { status: 401 } : { identity: token };
    },
    onError: (error) => errors.push(error),
    onInvocation: ({ method, outcome }) => {
      if (method === 'Echo' && outcome === 'completed') counts.calls += 1;
    },
  });
  const [any, number] = [z.unknown(), z.number()];
  hub.method('Echo', [any], (_caller, value) => value);
  hub.method('Wait', [number], async (_caller, ms) => delay(ms, 'waited'));
  hub.method('Stay', [], async (_caller, signal) => void (await once(signal, 'abort')));
  hub.method('Refuse', [], () => {
    throw new HubError('no');
  });
  hub.method('Leave', [], (caller) => caller.close());
  hub.method('Ask', [], async (caller) => caller.invoke('ask', [], { timeoutMs: 200 }));
  hub.method('Sum', [streamOf(number)], async (_caller, numbers) => {
    let sum = 0;
    for await (const each of numbers) sum += each;
    return sum;
  });
  hub.stream('Count', [number, number], async function* (_caller, count, ms) {
    counts.streamsOpen += 1;
    try {
      for (let n = 0; n < count; n++) {
        if (ms > 0) await delay(ms);
        yield n;
      }
    } finally {
      counts.streamsOpen -= 1;
    }
  });
  return Object.assign(hub, { errors, counts });
}

/** Defines probes that share a ground; `end` goes after the last. */
export function layGround(limits: Partial<Limits> = {}) {
  const hub = createProbedHub(limits);
  const ready = setUp(hub);
  after(async () => (await ready).served[Symbol.asyncDispose]());

  return {
    probe(name: string, run: (ground: Ground) => Promise<void>): void {
      test(name, { timeout: 10_000 }, async () => {
        const { url, check } = await ready;
        await using opened = new AsyncDisposableStack();
        await run(groundOf(hub, url, opened));
        await check();
      });
    },
    end(): void {
      test('of all that, only the bystanders are left', { timeout: 10_000 }, async () => {
        const { check } = await ready;
        await quiet(hub);
        await check();
        assert.equal([...hub.connections()].length, bystanders);
        // What a connection was is gone from memory, so nothing still holds it.
        assert.equal(queryObjects(Connection, { format: 'count' }), bystanders);
        assert.deepEqual(hub.errors, []);
      });
    },
  };
}

/** What a probe opens goes away with it. */
function groundOf(hub: Ground['hub'], url: string, opened: AsyncDisposableStack): Ground {
  const open = (client: RawClient) => {
    opened.defer(() => client.socket.terminate());
    return client;
  };
  return {
    hub,
    url,
    async negotiated(query = '') {
      const { connectionToken } = await negotiate(url, `?negotiateVersion=1${query}`);
      return `${url}?id=${connectionToken}`;
    },
    quiet: () => quiet(hub),
    open: async (protocol = 'json') => open(await RawClient.start(url, protocol)),
    connect: async () => open(await RawClient.connect(url)),
    async socket({ handshake = false, ...options } = {}) {
      const socket = await RawSocket.upgrade(options.url ?? url, options);
      opened.defer(() => socket.destroy());
      if (!handshake) return socket;
      socket.sendFrame({ text: '{"protocol":"json","version":1}\x1e' });
      assert.equal((await socket.nextFrame()).text, '{}\x1e');
      return socket;
    },
  };
}

async function setUp(hub: Ground['hub']) {
  const served = await serve(hub);
  const { url } = served;
  const json = await RawClient.start(url, 'json');
  const messagePack = await RawClient.start(url, 'messagepack');
  let n = 0;

  async function check(): Promise<void> {
    n += 1;
    for (const connection of hub.connections()) connection.send('tick', [n]);
    json.say({ type: 1, invocationId: `${n}`, target: 'Echo', arguments: ['whole'] });
    messagePack.sendBytes(packed([1, {}, `${n}`, 'Echo', ['whole'], []]));
    const inJson = `{"type":1,"target":"tick","arguments":[${n}]}\x1e`;
    const answer = `{"type":3,"invocationId":"${n}","result":"whole"}\x1e`;
    assert.equal(await nextOf(json, '{"type":6}\x1e'), inJson);
    assert.equal(await nextOf(json, '{"type":6}\x1e'), answer);
    const inMessagePack = bytesOf([1, {}, null, 'tick', [n], []]);
    assert.equal(await nextOf(messagePack, bytesOf([6])), inMessagePack);
    assert.equal(await nextOf(messagePack, bytesOf([6])), bytesOf([3, {}, `${n}`, 3, 'whole']));
  }

  return { served, url, check };
}

/** The next frame that is no ping. */
async function nextOf(client: RawClient, ping: string): Promise<string> {
  for (;;) {
    const text = await client.nextText();
    if (text !== ping) return text;
  }
}

function bytesOf(message: unknown[]): string {
  return Buffer.from(packed(message)).toString('latin1');
}

async function quiet({ stats, counts }: Ground['hub']): Promise<void> {
  await until(() => stats.connections === bystanders && counts.streamsOpen === 0);
}

/** What the server does without telling has no event to wait for. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** A JSON message as text, with its end. */
export function json(message: unknown): string {
  return `${JSON.stringify(message)}\x1e`;
}

/** A call of `Echo`. */
export function echoCall(id: string, value: unknown = id) {
  return { type: 1, invocationId: id, target: 'Echo', arguments: [value] };
}

/** The first message that the client gets must say that the connection is at its end, and why. */
export async function assertClosed(
  client: RawClient,
  status: number,
  words: RegExp,
): Promise<void> {
  const close = await client.nextMessage();
  assert.equal(close['type'], 7, JSON.stringify(close));
  assert.match(String(close['error']), words);
  assert.equal(await client.closed(), status);
}

/** The connection goes on. */
export async function assertAlive(client: RawClient): Promise<void> {
  client.say(echoCall('alive'));
  assert.deepEqual(await client.nextMessage(), { type: 3, invocationId: 'alive', result: 'alive' });
}
