// Runs a load and says what became of it. It is open: arrivals are drawn beforehand and sent when they
// are due, whatever has become of earlier ones, and latency counts from when they were due. A generator
// that could not keep its own schedule has measured itself, so then the result says that it is void.
import { seededRandom, type Random } from '../src/commands/demo/random.ts';
import { arrivals } from './arrivals.ts';
import { runClock, type Clock } from './clock.ts';
import { GeneratorGauge, type GeneratorFigures } from './generator-gauge.ts';
import type { HttpAnswer } from './http/connection.ts';
import { Sockets, type Transport } from './http/sockets.ts';
import { judge, type Judged } from './outcomes.ts';
import { Recorder, type ClassFigures } from './recorder.ts';
import { createCustomers, type RetryPolicy } from './retries.ts';
import { sendArrivals, type ArrivalStream } from './send-arrivals.ts';
import type { Phase, Shape } from './shapes.ts';
import { atEachPhase, createPauses, everySecond } from './timers.ts';

export interface TrafficClass {
  readonly name: string;
  /** Base URL of what is asked. */
  readonly url: string;
  readonly shape: Shape;
  /** The bytes of the next arrival's request (see `requestText`): each of its tries sends the same. */
  next(): string;
  readonly retry: RetryPolicy;
  /** Told of each answer that served an arrival, and of the request (its time by the run's clock). */
  served?(answer: HttpAnswer, request: { readonly text: string; readonly sentAtMs: number }): void;
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
  /** Ends the arrivals and the retries, and after a second what is still under way. */
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
  /** In which there were arrivals. */
  readonly seconds: number;
  readonly seed: number;
  readonly deadlineMs: number;
  readonly phases: readonly Phase[];
  readonly classes: Readonly<Record<string, ClassFigures>>;
  readonly generator: GeneratorFigures;
  /** Why the figures must not be used; empty for a good run. */
  readonly voidBecause: readonly string[];
}

/** Of an ended run: its figures pass for nothing, so nobody is kept waiting for a server that hangs. */
const lastAnswersMs = 1_000;

/** Resolves when the last arrival was served or has given up. @throws TypeError for a bad URL. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { classes, seed, signal, clock = runClock, socketsMax = 8_192 } = options;
  const { deadlineMs = 500, sendLagMaxMs = 20, slotsMs = [1_000, 100] } = options;
  const sockets = new Sockets({ clock, socketsMax });
  const gauge = new GeneratorGauge({ sendLagMaxMs, socketsMax });
  const recorders = new Map(
    classes.map(({ name }) => [name, new Recorder({ deadlineMs, slotsMs })]),
  );
  let ending: unknown;
  signal?.addEventListener('abort', () => {
    ending = clock.setTimeout(() => sockets.close(), lastAnswersMs);
  });
  const startedAt = new Date().toISOString();
  const startedAtMs = clock.now();
  const running: Running = {
    ...options,
    clock,
    startedAtMs,
    transport: options.transport ?? sockets,
    gauge,
    pause: createPauses(clock, signal),
  };
  const phases = classes[0]?.shape.phases ?? [];
  let seconds = Math.max(0, ...classes.map(({ shape }) => shape.seconds));
  {
    using _phases = atEachPhase(clock, phases, (phase) => options.phaseBegins?.(phase));
    using _seconds = everySecond(clock, () => {
      gauge.second();
      options.eachSecond?.({ atMs: clock.now() - startedAtMs, classes: recorders });
    });
    const streams = classes.map((traffic, index) =>
      streamOf(traffic, recorders.get(traffic.name)!, seedOf(seed, index), running),
    );
    seconds = await sendArrivals({ streams, seconds, clock, signal });
    gauge.end();
  }
  clock.clearTimeout(ending);
  sockets.close();
  return {
    startedAt,
    seconds,
    seed,
    deadlineMs,
    phases,
    classes: Object.fromEntries([...recorders].map(([name, each]) => [name, each.figures()])),
    generator: gauge.figures(sockets),
    voidBecause: [
      ...gauge.voidBecause(),
      ...(signal?.aborted === true ? [`it was ended after ${seconds.toFixed(1)} s`] : []),
    ],
  };
}

interface Running extends LoadOptions {
  readonly clock: Clock;
  readonly startedAtMs: number;
  readonly transport: Transport;
  readonly gauge: GeneratorGauge;
  /** False when the run was ended meanwhile. */
  readonly pause: (ms: number) => Promise<boolean>;
}

/** The arrivals of a class, and what each of them goes through until it is served or gives up. */
function streamOf(
  traffic: TrafficClass,
  recorder: Recorder,
  random: () => Random,
  running: Running,
): ArrivalStream {
  const { clock, startedAtMs, transport, gauge, pause, signal } = running;
  const { attemptTimeoutMs = 10_000, customers: customersCount = 10_000 } = running;
  const url = new URL(traffic.url);
  const times = arrivals(traffic.shape, random());
  const customers = createCustomers(traffic.retry, customersCount, { clock, random: random() });
  const sinceStart = () => clock.now() - startedAtMs;

  async function ask(text: string, dueAtMs: number, isRetry: boolean): Promise<Judged> {
    const sentAtMs = sinceStart();
    gauge.sent(sentAtMs - dueAtMs);
    recorder.sent(sentAtMs, isRetry);
    const answer = await transport.send(url, text, attemptTimeoutMs);
    const judged = judge(answer);
    recorder.answered(dueAtMs, sinceStart(), judged);
    if (answer === 'no_socket') gauge.ranOut();
    if (judged.outcome === 'served' && typeof answer === 'object') {
      traffic.served?.(answer, { text, sentAtMs: startedAtMs + sentAtMs });
    }
    return judged;
  }

  async function begin(arrivedAtMs: number): Promise<void> {
    const text = traffic.next();
    const customer = customers.arrives();
    recorder.arrived(arrivedAtMs);
    let dueAtMs = arrivedAtMs;
    for (let failures = 0; ; failures += 1) {
      const { outcome, mayRetry, retryAfterMs } = await ask(text, dueAtMs, failures > 0);
      const nowMs = sinceStart();
      if (outcome === 'served') return recorder.settled(arrivedAtMs, nowMs, true);
      const mayGoOn = mayRetry && signal?.aborted !== true;
      const pauseMs = mayGoOn
        ? customer.pauseMs(failures, retryAfterMs, nowMs - arrivedAtMs)
        : undefined;
      if (pauseMs === undefined || !(await pause(pauseMs))) {
        return recorder.settled(arrivedAtMs, nowMs, false);
      }
      dueAtMs = nowMs + pauseMs;
    }
  }

  return { times, begin };
}

/** Seeds of a class's own: another class more or less leaves its arrivals as they are. */
function seedOf(seed: number, index: number): () => Random {
  let part = 0;
  return () => seededRandom(Math.imul(seed, 1_000_003) + index * 101 + (part += 1));
}
