// One connection to Redis that answers within a time or not at all. Nothing is queued while it is away
// and nothing is sent twice: what Redis may still do with a command that was given up is the
// business of the scripts, which carry their own conditions.
import { ReplyError, type Redis } from 'ioredis';
import type { Log } from '../../platform/logs.ts';
import type { Settings } from '../../platform/settings.ts';
import { scripts, type Script } from './scripts.ts';
import type { Trouble } from './trouble.ts';

export interface RedisLink extends AsyncDisposable {
  /**
   * Names the server process at the other end; undefined while there is none. A restarted or promoted
   * server has another name, so what an old dump brings back is told from what was stored here.
   */
  readonly run: string | undefined;
  /** Of the server that was last connected, as it says itself. */
  readonly version: string | undefined;
  /** Rejects when there is no answer within CACHE_TIMEOUT_MS; Redis may then still carry it out. */
  ask(
    script: Script,
    keys: readonly string[],
    values: readonly (string | number)[],
  ): Promise<unknown>;
  /** Called each time a connection stands. */
  onConnected(listener: () => void): void;
}

export class RedisSilent extends Error {}

export type RedisSettings = Pick<
  Settings,
  'REDIS' | 'CACHE_TTL_MS' | 'CACHE_LEASE_MS' | 'CACHE_TIMEOUT_MS'
>;

export interface LinkOptions {
  readonly settings: RedisSettings;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** Connects in the background, and again for ever. */
export function connectLink(redis: Redis, settings: RedisSettings, trouble: Trouble): RedisLink {
  for (const { name, lua } of scripts) redis.defineCommand(name, { lua });
  const commands = redis as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const listeners: (() => void)[] = [];
  let run: string | undefined;
  let version: string | undefined;
  let disposed = false;
  redis.on('error', trouble.met);
  redis.on('close', () => {
    if (run === undefined && !disposed) trouble.met(new Error('it closes the connection'));
    run = undefined;
  });
  redis.on('ready', () => void identify());

  async function identify(): Promise<void> {
    const { stream } = redis;
    const info = await redis.info('server').catch(refused);
    const id = /^run_id:(\S+)/m.exec(info)?.[1];
    // A connection that broke in the meantime says nothing about the next one.
    if (id === undefined || redis.stream !== stream || redis.status !== 'ready') return;
    run = id;
    version = /^(?:valkey|redis)_version:(\S+)/m.exec(info)?.[1];
    trouble.over();
    for (const listener of listeners) listener();
  }

  /** Redis answers, but not with what was asked for: rights, memory, or a replica. */
  function refused(error: unknown): string {
    if (error instanceof ReplyError) trouble.met(error);
    return '';
  }

  return {
    get run() {
      return run;
    },
    get version() {
      return version;
    },
    ask(script, keys, values) {
      if (run === undefined) return Promise.reject(new RedisSilent('Redis is not connected'));
      const answer = commands[script.name]!(keys.length, ...keys, ...values);
      answer.catch(refused);
      return within(settings.CACHE_TIMEOUT_MS, answer);
    },
    onConnected(listener) {
      listeners.push(listener);
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      run = undefined;
      redis.disconnect();
      // A hung server would never answer the goodbye.
      redis.stream?.destroy();
    },
  };
}

/** Rejects when there is no answer in time. */
export function within<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // After this process itself was held up, the answer may have arrived: it is read first.
      setImmediate(() => reject(new RedisSilent(`No answer from Redis within ${timeoutMs} ms`)));
    }, timeoutMs);
    answer.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
