// Which replica brings which partition. Every replica that can read Kafka says so in Redis, for the time
// of a lease; from the list of those present each works out by itself what is its own. Two that both
// think so for a moment cost nothing, as updates are told apart by their versions.
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { feedTag } from './channels.ts';

const membersKey = `atlas:{${feedTag}}:members`;

/** On Redis' own clock. Strikes off whose lease is over, enters the caller, answers with all. */
const enterScript = `
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ms)
redis.call('ZADD', KEYS[1], ms + ARGV[2], ARGV[1])
return redis.call('ZRANGE', KEYS[1], 0, -1)`;

/** Takes a lease, or lengthens it; resolves to the ids of all members. */
export async function enter(redis: Redis, id: string, leaseMs: number): Promise<string[]> {
  return (await redis.eval(enterScript, 1, membersKey, id, leaseMs)) as string[];
}

/** Leaves at once, so that the others need not wait for the lease to end. */
export async function leave(redis: Redis, id: string): Promise<void> {
  await redis.zrem(membersKey, id);
}

/**
 * The owner of each partition, the same for whoever asks: the member with the highest weight for it of
 * those that have not got their share. So everyone has a fair part, and little moves when one comes or goes.
 */
export function shareOut(partitions: number, members: readonly string[]): string[] {
  const shareMax = Math.ceil(partitions / members.length);
  const shares = new Map(members.map((member) => [member, 0]));
  return Array.from({ length: partitions }, (_, partition) => {
    const open = members.filter((member) => shares.get(member)! < shareMax);
    const [owner] = open
      .map((member) => ({ member, weight: weightOf(member, partition) }))
      .sort((one, other) => (one.weight < other.weight ? 1 : -1));
    shares.set(owner!.member, shares.get(owner!.member)! + 1);
    return owner!.member;
  });
}

function weightOf(member: string, partition: number): string {
  return createHash('sha1').update(`${member} ${partition}`).digest('hex');
}
