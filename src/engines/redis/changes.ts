// Hears of changed balances, for those who keep copies in their own process. A message may be lost with
// its connection and nobody is told, so the connection is asked all the time whether it still brings
// everything: its answers come behind the messages that were sent before. In doubt the copies must go.
import type { BalanceChanges, ChangeListener } from '../balance-cache.ts';
import { newRedis } from './client.ts';
import { invalidateChannel } from './keys.ts';
import { within, type RedisSettings } from './link.ts';

/** Pause between questions; with CACHE_TIMEOUT_MS for the answer, a doubt arises that fast. */
const askMs = 100;

export function followChanges(settings: RedisSettings, listener: ChangeListener): BalanceChanges {
  const redis = newRedis(settings, { autoResubscribe: false });
  let trusted = false;
  let subscribed = false;
  // The cache's own connection says what is wrong with Redis.
  redis.on('error', noop);
  redis.on('close', () => {
    subscribed = false;
    doubt();
  });
  redis.on('ready', () => void subscribe());
  redis.on('message', (_channel: string, message: string) => {
    const change = parse(message);
    if (change !== undefined) listener.changed(change);
  });
  const timer = setInterval(() => void ask(), askMs);

  async function subscribe(): Promise<void> {
    const { stream } = redis;
    await redis.subscribe(invalidateChannel).catch(noop);
    subscribed = redis.stream === stream && redis.status === 'ready';
    await ask();
  }

  async function ask(): Promise<void> {
    if (!subscribed) return;
    const { stream } = redis;
    try {
      await within(settings.CACHE_TIMEOUT_MS, redis.ping());
      trusted = subscribed && redis.stream === stream;
    } catch {
      doubt();
    }
  }

  function doubt(): void {
    trusted = false;
    listener.doubted();
  }

  return {
    get trusted() {
      return trusted;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      redis.disconnect();
      // A hung server would never answer the goodbye.
      redis.stream?.destroy();
    },
  };
}

/** `<tenant>/<account>:<version>`; an account may have colons, a tenant has no slash. */
function parse(message: string) {
  const slash = message.indexOf('/');
  const colon = message.lastIndexOf(':');
  const version = Number(message.slice(colon + 1));
  if (slash < 0 || colon < slash || !Number.isSafeInteger(version)) return undefined;
  return {
    tenant: message.slice(0, slash),
    accountId: message.slice(slash + 1, colon),
    version,
  };
}

function noop(): void {}
