// Which cores may owe the cache a balance. A core enters itself here before its first commit, and every
// commit checks the entry; so a core that was taken for dead cannot commit behind the readers' backs.
import type { Database, Session } from '../engines/database.ts';
import type { WriterRegister } from '../engines/balance-cache.ts';
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

/** Ids of all cores that may owe the cache a balance. */
export async function knownWriters(database: Database): Promise<string[]> {
  const rows = await database.query<{ id: string }>('select id from cache_writers');
  return rows.map(({ id }) => id);
}

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
