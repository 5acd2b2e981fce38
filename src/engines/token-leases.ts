// Tokens that several processes share: they lie in one bucket in Redis, and each process leases a few at
// a time. No request waits for Redis: it takes from what was leased, and a lease is asked for beside it.
import { randomUUID } from 'node:crypto';
import { parseAddress } from './redis/address.ts';
import { connectTo } from './redis/client.ts';
import { within, type RedisSettings } from './redis/link.ts';

/** One hash slot, so that a script may touch both in a cluster. */
const tag = 'admission';
const bucketKey = `atlas:{${tag}}:bucket`;
const membersKey = `atlas:{${tag}}:members`;

/** Longest wait for an answer; then Redis counts as away. */
const answerMs = 100;
const connectTimeoutMs = 700;
const silenceMs = 700;
const reconnectMaxMs = 200;
/** Who has not asked for so long no longer counts among those that share. */
const memberLifeMs = 3_000;

/**
 * On Redis' own clock. KEYS: bucket, members. ARGV: id, a second's tokens, the most that are kept, wanted
 * (below 0: given back), how long the caller counts as there, what a new bucket has. Answers with whole tokens,
 * and with the number of those that share.
 */
const leaseScript = `
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ms)
redis.call('ZADD', KEYS[2], ms + ARGV[5], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
local kept = tonumber(ARGV[3])
local held = redis.call('HMGET', KEYS[1], 'tokens', 'ms')
local tokens = tonumber(ARGV[6])
if held[1] then
  tokens = math.min(kept, held[1] + math.max(0, ms - held[2]) * ARGV[2] / 1000)
end
local granted = math.max(tonumber(ARGV[4]), 0)
granted = math.min(granted, math.floor(tokens))
if tonumber(ARGV[4]) < 0 then granted = tonumber(ARGV[4]) end
tokens = math.min(kept, tokens - granted)
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'ms', ms)
redis.call('PEXPIRE', KEYS[1], 3600000)
return { math.floor(granted), redis.call('ZCARD', KEYS[2]) }`;

export interface Lease {
  /** Tokens that are the caller's now. */
  readonly granted: number;
  /** Processes that share, this one included. */
  readonly members: number;
}

export interface Wanted {
  readonly perSecond: number;
  /** What a new bucket has. */
  readonly burst: number;
  /** The most that the bucket keeps, beside what its processes hold at rest. */
  readonly kept: number;
  /** Below 0: so many are given back. */
  readonly tokens: number;
}

export interface TokenLeases extends AsyncDisposable {
  /** Rejects when Redis does not answer in time; it may then still have counted the tokens as taken. */
  lease(wanted: Wanted): Promise<Lease>;
}

/** Connects in the background, and again for ever. */
export function openTokenLeases(settings: Pick<RedisSettings, 'REDIS'>): TokenLeases {
  const id = randomUUID();
  const redis = connectTo(
    { address: parseAddress(settings.REDIS), tag },
    {
      connectTimeout: connectTimeoutMs,
      socketTimeout: silenceMs,
      retryStrategy: () => reconnectMaxMs * (0.25 + Math.random() * 0.75),
    },
  );
  // Whoever asks hears that there is no answer; an error has no other hearer.
  redis.on('error', () => {});
  return {
    async lease({ perSecond, burst, kept, tokens }) {
      const values = [id, perSecond, kept, tokens, memberLifeMs, burst];
      const answer = redis.eval(leaseScript, 2, bucketKey, membersKey, ...values);
      const [granted, members] = (await within(answerMs, answer)) as [number, number];
      return { granted, members };
    },
    async [Symbol.asyncDispose]() {
      await within(answerMs, redis.zrem(membersKey, id)).catch(() => {});
      redis.disconnect();
      // A hung server would never answer the goodbye.
      redis.stream?.destroy();
    },
  };
}
