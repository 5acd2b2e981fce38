// Runs a load and says what became of it. It is open: arrivals are drawn beforehand and sent when they
// are due, whatever has become of earlier ones, and latency counts from when they were due. A generator
// that could not keep its own schedule has measured itself, so then the result says that it is void.
import { seededRandom, type Random } from '../src/commands/demo/random.ts';
import { arrivals } from './arrivals.ts';
import { runClock, type Clock } from './clock.ts';
import { GeneratorGauge, type GeneratorFigures } from './generator-gauge.ts';
import { Sockets, type Transport } from './http/sockets.ts';
import { judge, type Judged } from './outcomes.ts';
import { Recorder, type ClassFigures } from './recorder.ts';
import { createCustomers, type Customer, type RetryPolicy } from './retries.ts';
import type { Phase, Shape } from './shapes.ts';

export interface TrafficClass {
  readonly name: string;
  /** Base URL of what is asked. */
  readonly url: string;
  readonly shape: Shape;
  /** The bytes of the next arrival's request (see `requestText`): each of its tries sends the same. */
  next(): string;
  readonly retry: RetryPolicy;
  /** Told of each answer that served an arrival. */
  served?(answer: { readonly head: string; readonly body: string }): void;
}

export interface LoadOptions {
  readonly classes: readonly TrafficClass[];
  readonly seed: number;
  /** Goodput is what was served within this time; 500 ms. */
  readonly deadlineMs?: number;
  /** Longest wait for one answer; 10 s. */
  readonly attemptTimeoutMs?: number;
  /** Connections at once; 8,192. */
  readonly socketsMax?: number;
  /** A run whose send lag was higher at p99 is void; 20 ms. */
  readonly sendLagMaxMs?: number;
  /** Customers of each class, who share its arrivals and have a retry budget each; 10,000. */
  readonly customers?: number;
  /** Lengths of the slots of the series; a second and 100 ms. */
  readonly slotsMs?: readonly number[];
  /** Ends the arrivals and the retries; requests under way are awaited. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly transport?: Transport;
  /** Told every second how it stands. */
  readonly eachSecond?: (live: LiveLoad) => void;
  /** Told when a phase of the first class begins: the place to slow the platform down, say. */
  readonly phaseBegins?: (phase: Phase) => void;
}

/** How a run stands. Counts are since its start. */
export interface LiveLoad {
  readonly atMs: number;
  readonly classes: ReadonlyMap<string, Recorder>;
}

export interface LoadResult {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly seed: number;
  readonly deadlineMs: number;
  readonly phases: readonly Phase[];
  readonly classes: Readonly<Record<string, ClassFigures>>;
  readonly generator: GeneratorFigures;
  /** Why the figures must not be used; empty for a good run. */
  readonly voidBecause: readonly string[];
}

interface Stream {
  readonly traffic: TrafficClass;
  readonly url: URL;
  readonly recorder: Recorder;
  readonly customers: { arrives(): Customer };
  readonly times: Iterator<number, void>;
  /** Of the next arrival; infinite after the last. */
  nextAtMs: number;
}

/** Resolves when the last arrival was served or has given up. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { classes, seed, signal, clock = runClock, socketsMax = 8_192 } = options;
  const { deadlineMs = 500, attemptTimeoutMs = 10_000, sendLagMaxMs = 20 } = options;
  const { customers = 10_000, slotsMs = [1_000, 100] } = options;
  const sockets = new Sockets({ clock, socketsMax });
  const transport = options.transport ?? sockets;
  const streams = classes.map((traffic, index): Stream => {
    const random = seedOf(seed, index);
    const times = arrivals(traffic.shape, random());
    return {
      traffic,
      url: new URL(traffic.url),
      recorder: new Recorder({ deadlineMs, slotsMs }),
      customers: createCustomers(traffic.retry, customers, { clock, random: random() }),
      times,
      nextAtMs: times.next().value ?? Number.POSITIVE_INFINITY,
    };
  });
  const startedAt = new Date().toISOString();
  const startedAtMs = clock.now();
  const sinceStart = () => clock.now() - startedAtMs;
  const gauge = new GeneratorGauge({ sendLagMaxMs, socketsMax });
  const underWay = new Set<Promise<void>>();
  const waits = createWaits(clock, signal);

  async function serve(stream: Stream, arrivedAtMs: number): Promise<void> {
    const { traffic, url, recorder } = stream;
    const text = traffic.next();
    const customer = stream.customers.arrives();
    recorder.arrived(arrivedAtMs);
    let dueAtMs = arrivedAtMs;
    for (let failures = 0; ; failures += 1) {
      const sentAtMs = sinceStart();
      gauge.sent(sentAtMs - dueAtMs);
      recorder.sent(sentAtMs, failures > 0);
      const answer = await transport.send(url, text, attemptTimeoutMs);
      const nowMs = sinceStart();
      const judged = judge(answer);
      recorder.answered(dueAtMs, nowMs, judged);
      if (answer === 'no_socket') gauge.ranOut();
      if (judged.outcome === 'served' && typeof answer === 'object') traffic.served?.(answer);
      const pauseMs =
        signal?.aborted === true
          ? undefined
          : pauseAfter(judged, customer, failures, nowMs - arrivedAtMs);
      if (pauseMs === undefined) {
        return recorder.settled(arrivedAtMs, nowMs, judged.outcome === 'served');
      }
      dueAtMs = nowMs + pauseMs;
      if (!(await waits.pass(pauseMs))) return recorder.settled(arrivedAtMs, sinceStart(), false);
    }
  }

  const live = new Map(streams.map(({ traffic, recorder }) => [traffic.name, recorder]));
  const phases = classes[0]?.shape.phases ?? [];
  using _phases = atEachPhase(clock, phases, (phase) => options.phaseBegins?.(phase));
  using _seconds = everySecond(clock, () => {
    gauge.second();
    options.eachSecond?.({ atMs: sinceStart(), classes: live });
  });

  const seconds = Math.max(...classes.map(({ shape }) => shape.seconds));
  await new Promise<void>((resolve) => {
    signal?.addEventListener('abort', () => resolve());
    function sendDue(): void {
      const nowMs = sinceStart();
      if (signal?.aborted === true) return;
      let stream = earliest(streams);
      for (; stream.nextAtMs <= nowMs; stream = earliest(streams)) {
        const arrival = serve(stream, stream.nextAtMs).finally(() => underWay.delete(arrival));
        underWay.add(arrival);
        stream.nextAtMs = stream.times.next().value ?? Number.POSITIVE_INFINITY;
      }
      if (nowMs >= seconds * 1_000) return resolve();
      const waitMs = Math.min(stream.nextAtMs, seconds * 1_000) - sinceStart();
      // Never quite nothing: a sum of fractions may fall short of the moment that it stands for.
      clock.setTimeout(sendDue, Math.max(waitMs, 0.001));
    }
    sendDue();
  });
  while (underWay.size > 0) await Promise.all(underWay);
  sockets.close();
  return {
    startedAt,
    seconds,
    seed,
    deadlineMs,
    phases,
    classes: Object.fromEntries(
      streams.map(({ traffic, recorder }) => [traffic.name, recorder.figures()]),
    ),
    generator: gauge.figures(sockets),
    voidBecause: gauge.voidBecause(),
  };
}

function everySecond(clock: Clock, tick: () => void): Disposable {
  const startedAtMs = clock.now();
  let seconds = 0;
  let timer: unknown;
  const wait = () => {
    seconds += 1;
    timer = clock.setTimeout(
      () => {
        tick();
        wait();
      },
      startedAtMs + seconds * 1_000 - clock.now(),
    );
  };
  wait();
  return { [Symbol.dispose]: () => clock.clearTimeout(timer) };
}

function atEachPhase(
  clock: Clock,
  phases: readonly Phase[],
  begins: (phase: Phase) => void,
): Disposable {
  const timers = phases.map((phase) =>
    clock.setTimeout(() => begins(phase), phase.fromSeconds * 1_000),
  );
  return {
    [Symbol.dispose]() {
      for (const timer of timers) clock.clearTimeout(timer);
    },
  };
}

/** Pauses before retries: false when the run was ended meanwhile. */
function createWaits(clock: Clock, signal: AbortSignal | undefined) {
  const waiting = new Set<(passed: boolean) => void>();
  signal?.addEventListener('abort', () => {
    for (const end of waiting) end(false);
  });
  return {
    pass: (ms: number) =>
      new Promise<boolean>((resolve) => {
        const end = (passed: boolean) => {
          clock.clearTimeout(timer);
          waiting.delete(end);
          resolve(passed);
        };
        const timer = clock.setTimeout(() => end(true), ms);
        waiting.add(end);
      }),
  };
}

/** Seeds of a class's own: another class more or less leaves its arrivals as they are. */
function seedOf(seed: number, index: number): () => Random {
  let part = 0;
  return () => seededRandom(Math.imul(seed, 1_000_003) + index * 101 + (part += 1));
}

function earliest(streams: readonly Stream[]): Stream {
  let first = streams[0]!;
  for (const stream of streams) if (stream.nextAtMs < first.nextAtMs) first = stream;
  return first;
}

function pauseAfter(
  { outcome, mayRetry, retryAfterMs }: Judged,
  customer: Customer,
  failures: number,
  sinceArrivalMs: number,
): number | undefined {
  if (outcome === 'served' || !mayRetry) return undefined;
  return customer.pauseMs(failures, retryAfterMs, sinceArrivalMs);
}
