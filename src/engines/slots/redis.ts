// Connections to Redis for the sharded feed. Who publishes or listens must know soon when nothing gets
// through, so a connection on which an answer is overdue is given up for a new one.
import type { Redis } from 'ioredis';
import { parseAddress } from '../redis/address.ts';
import { connectTo } from '../redis/client.ts';
import type { RedisSettings } from '../redis/link.ts';
import { feedTag } from './channels.ts';

/** An answer that takes longer ends the connection. */
const silenceMs = 700;
const connectTimeoutMs = 700;
const reconnectMaxMs = 200;

/** Connects in the background, and again for ever; nothing is queued or sent twice. */
export function openFeedRedis(settings: Pick<RedisSettings, 'REDIS'>): Redis {
  const place = { address: parseAddress(settings.REDIS), tag: feedTag };
  const redis = connectTo(place, {
    connectTimeout: connectTimeoutMs,
    socketTimeout: silenceMs,
    autoResubscribe: false,
    retryStrategy: () => reconnectMaxMs * (0.25 + Math.random() * 0.75),
  });
  // Whoever asks hears that there is no answer; an error has no other hearer.
  redis.on('error', () => {});
  return redis;
}

export function closeFeedRedis(redis: Redis): void {
  redis.disconnect();
  // A hung server would never answer the goodbye.
  redis.stream?.destroy();
}
