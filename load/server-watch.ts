// What the server says of itself while it is under load, once a second, over its public operations
// routes. A statistic that the token may not see is missing from the series, and the run goes on.

export interface ServerMoment {
  /** Since the start of the run. */
  readonly atMs: number;
  readonly shedding?: SheddingMoment;
  readonly cache?: CacheMoment;
  /** CPU seconds of the process behind the address, since its start. */
  readonly cpuSeconds?: number;
}

export interface SheddingMoment {
  readonly tokensAvailable: number;
  readonly ratePerSecond: number;
  readonly inFlight: number;
  readonly inFlightLimit: number;
  readonly admitted: number;
  /** Since the start of the server, by class and reason; which there are is the server's affair. */
  readonly shed: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Of all replicas of the ledger: a gateway asks one now and another then. */
export interface CacheMoment {
  readonly reads: number;
  readonly hits: number;
  readonly databaseCalls: number;
}

interface CacheStats {
  readonly all: CacheMoment;
  /** False where other replicas could not be heard of. */
  readonly complete: boolean;
}

export interface ServerWatch extends Disposable {
  readonly moments: readonly ServerMoment[];
  /** Looks once more, at the end; finds nothing more where it was ended. */
  finish(): Promise<void>;
}

const everyMs = 1_000;
const answerTimeoutMs = 5_000;

export interface ServerWatchOptions {
  readonly url: string;
  /** Needs the scope `ops`. */
  readonly token: string;
  readonly nowMs: () => number;
  /** Ends what is being asked. */
  readonly signal: AbortSignal;
}

/** Has looked once when it resolves. */
export async function watchServer(options: ServerWatchOptions): Promise<ServerWatch> {
  const startedAtMs = options.nowMs();
  const moments: ServerMoment[] = [];
  let looking: Promise<void> | undefined;
  async function look(): Promise<void> {
    const atMs = options.nowMs() - startedAtMs;
    const [shedding, cache, cpuSeconds] = await Promise.all([
      askJson<SheddingMoment>(options, '/payments/load-shedding/stats'),
      askJson<CacheStats>(options, '/ledger/cache/stats'),
      askCpu(options),
    ]);
    moments.push({
      atMs,
      ...(shedding === undefined ? {} : { shedding }),
      ...(cache?.complete === true ? { cache: cache.all } : {}),
      ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
    });
  }
  await look();
  // A server that takes longer than a second to say it is asked again when it has.
  const timer = setInterval(() => {
    looking ??= look().finally(() => (looking = undefined));
  }, everyMs);
  return {
    moments,
    async finish() {
      clearInterval(timer);
      await looking;
      await look();
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function askJson<T>(options: ServerWatchOptions, path: string): Promise<T | undefined> {
  return ask(options, path, async (answer) => (await answer.json()) as T);
}

function askCpu(options: ServerWatchOptions): Promise<number | undefined> {
  return ask(options, '/metrics', async (answer) => {
    const found = /^process_cpu_seconds_total (\S+)$/m.exec(await answer.text());
    return found === null ? undefined : Number(found[1]);
  });
}

/** Undefined where there is no answer, or none that can be read: a proxy may say anything. */
async function ask<T>(
  { url, token, signal }: ServerWatchOptions,
  path: string,
  read: (answer: Response) => Promise<T>,
): Promise<T | undefined> {
  try {
    const answer = await fetch(url + path, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]),
    });
    return answer.ok ? await read(answer) : undefined;
  } catch {
    return undefined;
  }
}
