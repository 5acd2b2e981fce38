// Which cores may owe the cache a balance. A core enters itself here before its first commit, and every
// commit checks the entry; so a core that was taken for dead cannot commit behind the readers' backs.
import type { Database, Session, Statement } from '../engines/database.ts';
import type { WriterRegister } from '../engines/balance-cache.ts';
import type { WriterBook } from '../engines/redis-cache.ts';
import type { Log } from '../platform/logs.ts';

const writerLockClass = 7_214_003;
const retryPauseMs = 200;

export interface BalanceCacheWriters {
  /**
   * Strikes off writers whose lease has lapsed and whose process is gone: first they are barred from
   * committing, then `carryOut` puts what they left in the outbox into the cache, then readers stop
   * waiting for them.
   */
  strikeOffDead(carryOut: () => Promise<void>): Promise<void>;
}

export interface Writer extends AsyncDisposable {
  readonly id: string;
}

/** Enters this core; the advisory lock that it holds from then on says that its process is alive. */
export async function enterWriter(database: Database, id: string, log: Log): Promise<Writer> {
  // The embedded book has one process: whoever stands here is dead.
  if (database.engine === 'pglite') await database.query('delete from cache_writers');
  let leaving = false;
  // The lock before the entry: an entry without a lock would be taken for a dead writer's.
  let session = await hold(database, id);
  await database.query('insert into cache_writers (id) values ($1)', [id]);
  void keep();

  async function keep(): Promise<void> {
    while (!leaving) {
      await session.lost;
      while (!leaving) {
        try {
          session = await hold(database, id);
          if (leaving) await session[Symbol.asyncDispose]();
          break;
        } catch (error) {
          log.warn({ err: error }, 'the session that shows this core alive is lost; trying again');
          await new Promise((resolve) => setTimeout(resolve, retryPauseMs));
        }
      }
    }
  }

  return {
    id,
    async [Symbol.asyncDispose]() {
      leaving = true;
      await database.query('delete from cache_writers where id = $1', [id]).catch(() => {});
      await session[Symbol.asyncDispose]();
    },
  };
}

/** What the book tells the writer `id` of the others; see engines/redis/introductions.ts. */
export function writerBook(database: Database, id: string): WriterBook {
  const ids = async (statement: Statement, values: unknown[]) =>
    (await database.query<{ id: string }>(statement, values)).map((row) => row.id);
  return {
    known: () => ids(selectWriters, []),
    strangers: () => ids(selectStrangers, [id]),
    async met(strangers) {
      await database.query(meetStrangers, [id, `{${strangers.join(',')}}`]);
    },
    async unmetBy() {
      const [row] = await database.query<{ entered: boolean; unmet: number; living: number }>(
        countUnmet,
        [id, writerLockClass],
      );
      if (!row!.entered || row!.living > 0) return 'living';
      return row!.unmet > 0 ? 'dead' : 'nobody';
    },
  };
}

const selectWriters = { name: 'cache-writers', text: 'select id from cache_writers' };

const selectStrangers = {
  name: 'cache-writers-strangers',
  text: `select id from cache_writers where id <> $1::uuid and $1::uuid <> all (met_by)`,
};

const meetStrangers = {
  name: 'cache-writers-meet',
  text: `
    update cache_writers set met_by = met_by || $1::uuid
     where id = any($2::uuid[]) and $1::uuid <> all (met_by)`,
};

/** The lock that each living writer holds is seen in pg_locks, where its second key is unsigned. */
const countUnmet = {
  name: 'cache-writers-unmet',
  text: `
    with me as (select met_by from cache_writers where id = $1::uuid), unmet as (
      select exists (
               select from pg_locks l
                where l.locktype = 'advisory' and l.objsubid = 2 and l.granted
                  and l.database = (select oid from pg_database where datname = current_database())
                  and l.classid::bigint = $2::bigint
                  and l.objid::bigint = hashtext(w.id::text)::bigint & 4294967295) as living
        from cache_writers w, me where w.id <> $1::uuid and w.id <> all (me.met_by)
    )
    select exists (select from me) as entered, count(*)::int as unmet,
           count(*) filter (where living)::int as living
      from unmet`,
};

export function cacheWriters(
  database: Database,
  register: WriterRegister | undefined,
  log: Log,
): BalanceCacheWriters {
  return {
    async strikeOffDead(carryOut) {
      const lapsed = (await register?.lapsed().catch(() => [])) ?? [];
      for (const id of lapsed) {
        if (!(await bar(database, id))) continue;
        await carryOut();
        await register!.strikeOff(id);
        log.info({ writer: id }, 'struck off a dead cache writer');
      }
    },
  };
}

/** Removes the entry unless its process still holds the lock; commits under way are waited for. */
function bar(database: Database, id: string): Promise<boolean> {
  return database.transaction(async (connection) => {
    const [row] = await connection.query<{ dead: boolean }>(
      `select pg_try_advisory_xact_lock(${writerLockClass}, hashtext($1)) as dead`,
      [id],
    );
    if (row!.dead) await connection.query('delete from cache_writers where id = $1', [id]);
    return row!.dead;
  });
}

async function hold(database: Database, id: string): Promise<Session> {
  const session = await database.session();
  try {
    await session.query(`select pg_advisory_lock(${writerLockClass}, hashtext($1))`, [id]);
    return session;
  } catch (error) {
    // The server may still hold the lock for the session that was lost: the next try waits again.
    await session[Symbol.asyncDispose]();
    throw error;
  }
}
