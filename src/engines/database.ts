// The book's database: PostgreSQL behind the smallest interface that the roles need. PGlite is the
// same Postgres in a worker, spoken to by the same client, so there is one implementation of this.
import pg from 'pg';
import { cancelStatement } from './cancel.ts';

/** A statement is prepared once per connection under its name. Values are text, arrays included. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export type Row = Record<string, unknown>;

export interface Connection {
  query<R = Row>(statement: Statement | string, values?: readonly unknown[]): Promise<R[]>;
}

export interface Database extends Connection, AsyncDisposable {
  /** Which engine this is, for logs and health. */
  readonly engine: 'postgres' | 'pglite';
  /** Connections that may work at once; further callers wait their turn. */
  readonly connectionsMax: number;
  /** Resolves with one line when an engine in this process has ended by itself and stays away. */
  readonly gone?: Promise<string>;
  /**
   * One statement. Once `signal` is aborted it is cancelled at the server (on PGlite, which does one thing at
   * a time, it is not begun, or goes on), and the call rejects when it has ended, not before.
   */
  query<R = Row>(
    statement: Statement | string,
    values?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<R[]>;
  /** Runs `work` in one transaction on one connection; commits when it resolves, else rolls back. */
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** The same for work of any length: neither server nor client ends a statement that takes long. */
  longTransaction<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /**
   * Keeps one connection for a session of its own (an advisory lock); `lost` resolves when it breaks.
   * On PGlite, where there is one process and one connection, the session shares it.
   */
  session(): Promise<Session>;
  /** The same for statements of any length: neither server nor client ends one that takes long. */
  longSession(): Promise<Session>;
}

export interface Session extends Connection, AsyncDisposable {
  readonly lost: Promise<void>;
}

/**
 * True when the outcome of a commit is unknown or the server is away: not the statement's fault.
 * Beside lost connections: certificates that are not trusted, refused logins (28), a server that was demoted (25006), a session or a
 * statement that took too long (25P03, 25P04, 55P03, 57014), an unknown end (40003), a full or broken
 * disk (53, 58).
 */
export function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: string }).code ?? '';
  return (
    /^(?:08|28|53|57|58)...$|^(?:25006|25P0[34]|40003|55P03)$/.test(code) ||
    /^(?:ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOENT|ENOTFOUND|EAI_)/.test(code) ||
    /^(?:ERR_(?:TLS|SSL)_|UNABLE_TO_|CERT_|SELF_SIGNED_|DEPTH_ZERO_)/.test(code) ||
    /Connection terminated|Client has encountered|timeout exceeded|connection is closed|read timeout/i.test(
      error.message,
    )
  );
}

/** For the first statement of a process: says what to do when there is no server to run it. */
export async function reached<T>(first: Promise<T>): Promise<T> {
  try {
    return await first;
  } catch (error) {
    if (!isConnectionFailure(error)) throw error;
    const { code, message } = error as { code?: string; message: string };
    const reason = message || code;
    throw new Error(`PostgreSQL cannot be reached (${reason}); start it, or correct DATABASE_URL`, {
      cause: error,
    });
  }
}

interface PoolOptions {
  readonly engine: 'postgres' | 'pglite';
  readonly connectionsMax: number;
  readonly client: pg.PoolConfig;
  readonly closed?: () => Promise<void>;
}

/** A database over a pool of `pg` clients. BIGINT arrives as bigint, timestamps as Date. */
export function openPool({ engine, connectionsMax, client, closed }: PoolOptions): Database {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, BigInt);
  const pool = new pg.Pool({
    ...client,
    max: connectionsMax,
    types,
    pipeline: true,
    idleTimeoutMillis: 0,
    allowExitOnIdle: false,
  });
  // A broken connection, idle or not, is replaced on next use; a statement that meets it reports it.
  pool.on('error', ignore);
  pool.on('connect', (connection) => connection.on('error', ignore));

  async function use<T>(work: (connection: pg.PoolClient) => Promise<T>): Promise<T> {
    const connection = await pool.connect();
    let failure: unknown;
    try {
      return await work(connection);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      connection.release(isConnectionFailure(failure));
    }
  }

  function transact<T>(work: Work<T>, limit: pg.QueryConfig | undefined): Promise<T> {
    return use(async (connection) => {
      // Sent together with the first statement of the work. Should it fail, the work must not go on:
      // its next statements would each be committed by itself.
      const begun = connection.query({ text: 'begin', ...limit });
      begun.catch(ignore);
      try {
        const result = await work({
          async query<R>(statement: Statement | string, values?: readonly unknown[]) {
            const rows = run<R>(connection, statement, values, limit);
            return (await Promise.all([rows, begun]))[0];
          },
        });
        await connection.query({ text: 'commit', ...limit });
        return result;
      } catch (error) {
        await connection.query('rollback').catch(ignore);
        throw error;
      }
    });
  }

  return {
    engine,
    connectionsMax,
    query: (statement, values, signal) =>
      use((connection) => {
        const rows = () => run<never>(connection, statement, values);
        if (signal === undefined) return rows();
        signal.throwIfAborted();
        return engine === 'pglite' ? rows() : endedBy(signal, connection, rows);
      }),
    transaction: (work) => transact(work, undefined),
    longTransaction: (work) =>
      transact(async (connection) => {
        await connection.query('set local statement_timeout = 0');
        return work(connection);
      }, unlimited),
    session: () => (engine === 'pglite' ? sharedSession(pool) : ownSession({ ...client, types })),
    async longSession() {
      if (engine === 'pglite') return sharedSession(pool);
      const session = await ownSession({ ...client, types, query_timeout: 0 });
      await session.query('set statement_timeout = 0');
      return session;
    },
    async [Symbol.asyncDispose]() {
      await pool.end();
      await closed?.();
    },
  };
}

/** The connection is free again only when nothing on its way could still cancel what comes next. */
async function endedBy<T>(
  signal: AbortSignal,
  connection: pg.ClientBase,
  begin: () => Promise<T>,
): Promise<T> {
  let cancelling: Promise<void> | undefined;
  const cancel = () => {
    cancelling = cancelStatement(connection);
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await begin();
  } catch (error) {
    if (cancelling === undefined || !isCancelled(error)) throw error;
    throw new Cancelled(signal.reason);
  } finally {
    signal.removeEventListener('abort', cancel);
    await cancelling;
  }
}

/** By its caller; the connection is as good as before. */
export class Cancelled extends Error {
  constructor(cause: unknown) {
    super('The statement was cancelled: nobody waits for it', { cause });
  }
}

/** query_canceled */
function isCancelled(error: unknown): boolean {
  return (error as { code?: string }).code === '57014';
}

type Work<T> = (connection: Connection) => Promise<T>;

/** The longest time that a timer can be set to. */
const unlimited = { query_timeout: 2 ** 31 - 1 } as unknown as pg.QueryConfig;

function ignore(): void {}

async function run<R>(
  connection: pg.ClientBase | pg.Pool,
  statement: Statement | string,
  values: readonly unknown[] = [],
  limit?: pg.QueryConfig,
): Promise<R[]> {
  const query = typeof statement === 'string' ? { text: statement } : statement;
  const result = await connection.query({ ...query, values: values as unknown[], ...limit });
  return result.rows as R[];
}

async function ownSession(config: pg.ClientConfig): Promise<Session> {
  const client = new pg.Client(config);
  const lost = new Promise<void>((resolve) => client.once('end', resolve));
  client.on('error', () => void client.end().catch(() => {}));
  await client.connect();
  return {
    query: (statement, values) => run(client, statement, values),
    lost,
    [Symbol.asyncDispose]: () => client.end(),
  };
}

async function sharedSession(pool: pg.Pool): Promise<Session> {
  const { promise: lost, resolve } = Promise.withResolvers<void>();
  return {
    query: (statement, values) => run(pool, statement, values),
    lost,
    async [Symbol.asyncDispose]() {
      resolve();
    },
  };
}
