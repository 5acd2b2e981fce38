// PostgreSQL 15 or later at DATABASE_URL. Durable commits are asked for per connection, so that a
// server whose default is relaxed cannot lose an acknowledged transfer.
import { openPool, type Database } from './database.ts';

/**
 * A host that is gone answers nothing, not even that it is gone: so long after the server should have
 * ended a statement its connection is given up.
 */
const silenceMs = 2_000;

export interface PostgresOptions {
  readonly url: string;
  readonly connectionsMax: number;
  readonly connectTimeoutMs: number;
  /** A statement that runs longer is cancelled: a hung query may not hold a connection for ever. */
  readonly statementTimeoutMs: number;
  readonly applicationName: string;
}

export async function openPostgres(options: PostgresOptions): Promise<Database> {
  return openPool({
    engine: 'postgres',
    connectionsMax: options.connectionsMax,
    client: {
      connectionString: options.url,
      connectionTimeoutMillis: options.connectTimeoutMs,
      application_name: options.applicationName,
      keepAlive: true,
      query_timeout: options.statementTimeoutMs + silenceMs,
      options: [
        '-c synchronous_commit=on',
        `-c statement_timeout=${options.statementTimeoutMs}`,
        `-c idle_in_transaction_session_timeout=${options.statementTimeoutMs}`,
        '-c default_transaction_isolation=read\\ committed',
        '-c timezone=UTC',
      ].join(' '),
    },
  });
}
