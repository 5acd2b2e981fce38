import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { handClock, type HandClock } from '../packages/client/src/testing.ts';
import { requestText, type HttpAnswer } from './http/connection.ts';
import type { Transport } from './http/sockets.ts';
import { asClient, fixedDelay, noRetry } from './retries.ts';
import { runLoad, type LoadOptions, type LoadResult, type TrafficClass } from './run-load.ts';
import { brownOut, steady, type Shape } from './shapes.ts';

const ok: HttpAnswer = { status: 200, head: 'HTTP/1.1 200 OK', body: '{}' };
const busy: HttpAnswer = {
  status: 503,
  head: 'HTTP/1.1 503 x\r\nretry-after: 1',
  body: '{"code":"overloaded"}',
};

const traffic = (shape: Shape, more: Partial<TrafficClass> = {}): TrafficClass => ({
  name: 'reads',
  url: 'http://127.0.0.1:1',
  shape,
  next: () => 'GET',
  retry: noRetry,
  ...more,
});

/** Runs a load on a clock that is moved by hand until it is done. */
async function onHandClock(
  clock: HandClock,
  options: Partial<LoadOptions> & Pick<LoadOptions, 'classes' | 'transport'>,
): Promise<LoadResult> {
  let isDone = false;
  const run = runLoad({ seed: 3, clock, ...options }).finally(() => (isDone = true));
  while (!isDone) await clock.pass(250);
  return run;
}

const answerAfter = (clock: HandClock, ms: number, answer: HttpAnswer) =>
  new Promise<HttpAnswer>((resolve) => clock.setTimeout(() => resolve(answer), ms));

test('a server that stalls for a second shows the stall in every request that was due meanwhile', async () => {
  const clock = handClock(0);
  // Answers in 1 ms, but nothing from 1 s to 2 s; then everything that waited at once.
  const transport: Transport = {
    send: () => {
      const nowMs = clock.now();
      return answerAfter(clock, nowMs >= 1_000 && nowMs < 2_000 ? 2_000 - nowMs + 1 : 1, ok);
    },
  };
  const result = await onHandClock(clock, {
    classes: [traffic(steady({ perSecond: 200, seconds: 3 }))],
    transport,
  });
  const reads = result.classes['reads']!;
  assert.equal(reads.served, reads.offered);
  const { slots } = reads.series.find(({ everyMs }) => everyMs === 100)!;
  for (const [index, slot] of slots.entries()) {
    const stalled = index >= 10 && index < 20;
    // Due between 100·index and 100·(index + 1), answered just after 2,000.
    const leastMs = stalled ? 2_000 - 100 * (index + 1) : 0.9;
    const mostMs = stalled ? 2_000 - 100 * index + 1 : 1;
    assert.ok(slot.p50Ms >= leastMs && slot.maxMs <= mostMs * 1.02, `${index}: ${slot.p50Ms}`);
  }
  // A second's arrivals of three: a closed loop would have met the stall once for each of its callers.
  assert.ok(Math.abs(reads.latency.p90Ms - 700) < 100, String(reads.latency.p90Ms));
  assert.ok(reads.good < reads.served && reads.good > reads.served * 0.75, String(reads.good));
  assert.deepEqual(result.voidBecause, []);
});

test('the arrivals do not depend on the server: slow or fast, it is offered the same', async () => {
  const offered = async (answerMs: number) => {
    const clock = handClock(0);
    const sentAtMs: number[] = [];
    const transport: Transport = {
      send: () => (sentAtMs.push(clock.now()), answerAfter(clock, answerMs, ok)),
    };
    const classes = [traffic(steady({ perSecond: 100, seconds: 2 }))];
    const result = await onHandClock(clock, { classes, transport });
    assert.ok(result.generator.sendLag.maxMs < 0.01);
    return sentAtMs;
  };
  assert.deepEqual(await offered(1), await offered(9_000));
});

test('a class keeps its arrivals when another joins it', async () => {
  const times = async (names: string[]) => {
    const clock = handClock(0);
    const sentAtMs: number[] = [];
    const transport: Transport = {
      async send(_, text) {
        if (text === 'a') sentAtMs.push(clock.now());
        return ok;
      },
    };
    const shape = steady({ perSecond: 100, seconds: 1 });
    const classes = names.map((name) => traffic(shape, { name, next: () => name }));
    await onHandClock(clock, { classes, transport });
    return sentAtMs;
  };
  assert.deepEqual(await times(['a']), await times(['a', 'b']));
});

test('retries are of the same bytes, count as requests and not as arrivals, and serve from the first due time', async () => {
  const clock = handClock(0);
  const texts = new Map<string, number>();
  const transport: Transport = {
    async send(_, text) {
      const tries = (texts.get(text) ?? 0) + 1;
      texts.set(text, tries);
      return tries < 3 ? busy : ok;
    },
  };
  let key = 0;
  const result = await onHandClock(clock, {
    classes: [
      traffic(steady({ perSecond: 50, seconds: 2 }), {
        next: () => String((key += 1)),
        retry: fixedDelay(400, 6),
      }),
    ],
    transport,
  });
  const reads = result.classes['reads']!;
  assert.deepEqual([...new Set(texts.values())], [3]);
  assert.equal(reads.offered, texts.size);
  assert.equal(reads.sent, 3 * reads.offered);
  assert.equal(reads.retries, 2 * reads.offered);
  assert.equal(reads.served, reads.offered);
  assert.equal(reads.good, 0);
  assert.ok(Math.abs(reads.latency.p50Ms - 800) < 2, String(reads.latency.p50Ms));
  assert.ok(reads.admitted.p99Ms < 1, String(reads.admitted.p99Ms));
  assert.equal(reads.codes['503 overloaded'], 2 * reads.offered);
});

test('whoever is refused to the end was not served', async () => {
  const clock = handClock(0);
  const result = await onHandClock(clock, {
    classes: [traffic(steady({ perSecond: 50, seconds: 1 }), { retry: asClient })],
    transport: { send: async () => busy },
    customers: 1,
  });
  const reads = result.classes['reads']!;
  assert.equal(reads.served, 0);
  assert.ok(reads.retries > 0 && reads.requests.shed === reads.sent);
  // One customer with all the arrivals: his budget is five retries and a tenth of what he asks.
  assert.ok(reads.retries < 30, String(reads.retries));
});

test('a run is void when the generator was late, and says by how much', async () => {
  const clock = handClock(0);
  const late: HandClock = {
    ...clock,
    setTimeout: (run, ms) => clock.setTimeout(run, ms + 30),
  };
  const options = {
    classes: [traffic(steady({ perSecond: 100, seconds: 2 }))],
    transport: { send: async () => ok },
  };
  const result = await onHandClock(late, options);
  assert.match(result.voidBecause.join(), /sent 3\d\.\d ms late at p99, and 20 ms is the bound/);
  assert.deepEqual((await onHandClock(late, { ...options, sendLagMaxMs: 100 })).voidBecause, []);
});

test('the caller hears when a phase begins, and how it stands every second', async () => {
  const clock = handClock(0);
  const heard: string[] = [];
  await onHandClock(clock, {
    classes: [traffic(brownOut({ perSecond: 100, seconds: 4 }))],
    transport: { send: async () => ok },
    phaseBegins: ({ name }) => heard.push(`${Math.round(clock.now() / 100)}: ${name}`),
    eachSecond: ({ atMs, classes }) =>
      heard.push(`${Math.round(atMs / 100)}: ${classes.get('reads')!.offered > 50}`),
  });
  assert.deepEqual(heard, [
    '0: before',
    '10: brown-out',
    '10: true',
    '20: after',
    '20: true',
    '30: true',
    '40: true',
  ]);
});

test('an ended run sends nothing more, retries included, has its figures, and is void', async () => {
  const clock = handClock(0);
  const end = new AbortController();
  clock.setTimeout(() => end.abort(), 500);
  const result = await onHandClock(clock, {
    classes: [traffic(steady({ perSecond: 100, seconds: 60 }), { retry: fixedDelay(50_000, 9) })],
    transport: { send: async () => busy },
    signal: end.signal,
  });
  const reads = result.classes['reads']!;
  assert.ok(reads.offered > 20 && reads.offered < 90, String(reads.offered));
  assert.deepEqual([reads.retries, reads.served], [0, 0]);
  assert.equal(result.seconds, 0.5);
  assert.deepEqual(result.voidBecause, ['it was ended after 0.5 s']);
});

test('an ended run does not wait for a server that hangs', async () => {
  const server = createServer(() => end.abort());
  const end = new AbortController();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { classes } = await runLoad({
    seed: 1,
    classes: [
      traffic(steady({ perSecond: 100, seconds: 60 }), {
        url,
        next: () => requestText('GET', '/', {}),
      }),
    ],
    // Who waited for the answers would never come to an end.
    attemptTimeoutMs: 2 ** 31 - 1,
    signal: end.signal,
  });
  const { sent, codes } = classes['reads']!;
  assert.deepEqual(codes, { connection: sent });
});

test('on real sockets too: a stalled server meets every arrival, on as many sockets as that takes', async () => {
  const waiting: ServerResponse[] = [];
  let stalled = false;
  const answer = (response: ServerResponse) => response.end('{}');
  const server = createServer((_, response) => {
    if (stalled) waiting.push(response);
    else answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stall = (async () => {
    await pause(500);
    stalled = true;
    const beganAtMs = performance.now();
    await pause(1_000);
    stalled = false;
    for (const response of waiting) answer(response);
    return { beganAtMs, endedAtMs: performance.now() };
  })();
  const runBeganAtMs = performance.now();
  const result = await runLoad({
    seed: 1,
    classes: [
      traffic(steady({ perSecond: 300, seconds: 2 }), {
        url,
        next: () => requestText('GET', '/', {}),
      }),
    ],
    sendLagMaxMs: 10_000,
  });
  const { beganAtMs, endedAtMs } = await stall;
  const reads = result.classes['reads']!;
  assert.equal(reads.served, reads.offered);
  // Lower bounds only: a busy machine makes them larger, never smaller.
  const { slots } = reads.series.find(({ everyMs }) => everyMs === 100)!;
  let checked = 0;
  for (const [index, { p50Ms }] of slots.entries()) {
    const fromMs = runBeganAtMs + index * 100;
    if (fromMs < beganAtMs + 200 || fromMs + 100 > endedAtMs) continue;
    assert.ok(p50Ms >= (endedAtMs - fromMs - 100) * 0.95 - 20, `${index}: ${p50Ms}`);
    checked += 1;
  }
  assert.ok(checked >= 5, String(checked));
  assert.ok(result.generator.socketsMost > 150, String(result.generator.socketsMost));
});
