// The scripts that Redis runs, each as one indivisible step. docs/cache.md argues why they suffice.
// No script may rely on when it is run: one that sat in the buffer of a hung Redis runs later, so each
// carries the condition under which it still holds.

export interface Script {
  readonly name: string;
  readonly lua: string;
}

const clock = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** `epoch`: the prefix of what counts, or nil where no writer has begun an epoch on this server. */
const currentEpoch = (run: string) => `
local epoch = redis.call('GET', KEYS[1])
if epoch and string.sub(epoch, 1, #${run} + 1) == ${run} .. ':' then
  epoch = string.sub(epoch, #${run} + 2) .. ' '
else
  epoch = nil
end
`;

/**
 * KEYS epoch, writers, balances…; ARGV run, permit, permitMs.
 * Nil: do not trust the cache now. Else one text per balance: `<version> <json>`, `-` for an account
 * that does not exist, or `?<permit>`: the one planted now, or the one that another reader has planted
 * and that still stands.
 */
export const readScript: Script = {
  name: 'atlasRead',
  lua: `${clock}${currentEpoch('ARGV[1]')}
local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
if not epoch or not first[2] or tonumber(first[2]) <= now then
  -- Writes nothing, but a server that has become a replica refuses it, and so is left for the primary.
  redis.call('ZREM', KEYS[2], '')
  return false
end
local found = {}
for i = 3, #KEYS do
  local held = redis.call('GET', KEYS[i])
  if held and string.sub(held, 1, #epoch) == epoch then
    found[i - 2] = string.sub(held, #epoch + 1)
  else
    redis.call('SET', KEYS[i], epoch .. '?' .. ARGV[2], 'PX', ARGV[3])
    found[i - 2] = '?' .. ARGV[2]
  end
end
return found`,
};

/** KEYS epoch, balance; ARGV run, permit, `<version> <json>` or `-`, ttlMs. 1: taken, as the permit stood. */
export const fillScript: Script = {
  name: 'atlasFill',
  lua: `${currentEpoch('ARGV[1]')}
if not epoch or redis.call('GET', KEYS[2]) ~= epoch .. '?' .. ARGV[2] then return 0 end
redis.call('SET', KEYS[2], epoch .. ARGV[3], 'PX', ARGV[4])
return 1`,
};

/**
 * KEYS epoch, balances…; ARGV run, ttlMs, channel, then version, json and name of each balance.
 * An older value is replaced; a permit, and the word that there is no such account, are removed. Where
 * nothing stands, nothing is put: this may be
 * a late repeat of a version that was overtaken, and whose successor was evicted or has expired.
 */
export const putScript: Script = {
  name: 'atlasPut',
  lua: `${currentEpoch('ARGV[1]')}
for i = 2, #KEYS do
  local version, json, name = ARGV[i * 3 - 2], ARGV[i * 3 - 1], ARGV[i * 3]
  local overtaken = false
  local held = epoch and redis.call('GET', KEYS[i])
  if held and string.sub(held, 1, #epoch) == epoch then
    local known = tonumber(string.match(held, '^(%d+) ', #epoch + 1))
    if not known then
      redis.call('DEL', KEYS[i])
    elseif known < tonumber(version) then
      redis.call('SET', KEYS[i], epoch .. version .. ' ' .. json, 'PX', ARGV[2])
    else
      overtaken = true
    end
  end
  if not overtaken then redis.call('PUBLISH', ARGV[3], name .. ':' .. version) end
end
return 1`,
};

/**
 * KEYS epoch, writers; ARGV run, writer, the end of its lease as it last heard, leaseMs.
 * The new end; 0: the lease has ended or is not the one it knows, so nothing was changed. Naming the
 * end makes every renewal good for once: of several under way only one can lengthen the lease.
 */
export const renewScript: Script = {
  name: 'atlasRenew',
  lua: `${clock}${currentEpoch('ARGV[1]')}
local ends = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[2]) or 0)
if not epoch or ends ~= tonumber(ARGV[3]) or ends <= now then return 0 end
redis.call('ZADD', KEYS[2], now + ARGV[4], ARGV[2])
return now + ARGV[4]`,
};

/**
 * KEYS epoch, writers; ARGV run, writer, notAfter, leaseMs, a fresh epoch, whether to begin it, then
 * the ids of all known writers. The end of the lease; 0: it came too late.
 * Known writers without a lease are entered as lapsed, so that a flush makes readers forget nobody;
 * and leases that another server process gave, which a dump or a replica brought along, have ended here.
 */
export const acquireScript: Script = {
  name: 'atlasAcquire',
  lua: `${clock}${currentEpoch('ARGV[1]')}
if now > tonumber(ARGV[3]) then return 0 end
if not epoch then
  for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do redis.call('ZADD', KEYS[2], 0, id) end
end
if not epoch or ARGV[6] == '1' then redis.call('SET', KEYS[1], ARGV[1] .. ':' .. ARGV[5]) end
for i = 7, #ARGV do redis.call('ZADD', KEYS[2], 'NX', 0, ARGV[i]) end
redis.call('ZADD', KEYS[2], now + ARGV[4], ARGV[2])
return now + ARGV[4]`,
};

/**
 * KEYS epoch, writers; ARGV run, then ids of writers. Enters those that are not there as lapsed, so that
 * readers wait for them. 0: no epoch, so there is no register that readers would trust.
 */
export const introduceScript: Script = {
  name: 'atlasIntroduce',
  lua: `${currentEpoch('ARGV[1]')}
if not epoch then return 0 end
for i = 2, #ARGV do redis.call('ZADD', KEYS[2], 'NX', 0, ARGV[i]) end
return 1`,
};

/** Milliseconds of Redis' clock. */
export const clockScript: Script = { name: 'atlasClock', lua: `${clock}return now` };

/** KEYS writers; ARGV sinceMs. Writers whose lease ended longer ago than that. */
export const lapsedScript: Script = {
  name: 'atlasLapsed',
  lua: `${clock}return redis.call('ZRANGE', KEYS[1], '-inf', '(' .. (now - ARGV[1]), 'BYSCORE')`,
};

/** KEYS epoch, writers; ARGV run, writer, a fresh epoch: what a dead writer missed nobody knows. */
export const strikeOffScript: Script = {
  name: 'atlasStrikeOff',
  lua: `
redis.call('SET', KEYS[1], ARGV[1] .. ':' .. ARGV[3])
return redis.call('ZREM', KEYS[2], ARGV[2])`,
};

/** KEYS writers; ARGV writer. For a writer that has put everything. */
export const leaveScript: Script = {
  name: 'atlasLeave',
  lua: `return redis.call('ZREM', KEYS[1], ARGV[1])`,
};

/** KEYS board; ARGV node, text, lifeMs. Of each that put a text lately: node, its age in ms, text. */
export const boardScript: Script = {
  name: 'atlasBoard',
  lua: `${clock}
redis.call('HSET', KEYS[1], ARGV[1], now .. ' ' .. ARGV[2])
local all = redis.call('HGETALL', KEYS[1])
local found = {}
for i = 1, #all, 2 do
  local at, text = string.match(all[i + 1], '^(%d+) (.*)$')
  local age = now - tonumber(at or 0)
  if age > tonumber(ARGV[3]) then
    redis.call('HDEL', KEYS[1], all[i])
  else
    found[#found + 1] = all[i]
    found[#found + 1] = tostring(age)
    found[#found + 1] = text
  end
end
return found`,
};

export const scripts: readonly Script[] = [
  readScript,
  fillScript,
  putScript,
  renewScript,
  acquireScript,
  introduceScript,
  clockScript,
  lapsedScript,
  strikeOffScript,
  leaveScript,
  boardScript,
];
