// The book of the controls: one transaction a transfer, accounts locked in id order, gapless versions.
// It is as right as Atlas' own; only what stands between it and its readers is not.
import pg from 'pg';

const connectionsMax = 8;

export interface Balance {
  readonly accountId: string;
  readonly bookedMinor: string;
  readonly version: number;
}

export interface Posted {
  readonly source: Balance;
  readonly destination: Balance;
}

export interface Transfer {
  readonly key: string;
  readonly source: string;
  readonly destination: string;
  readonly minor: string;
}

export interface Book {
  open(accountId: string): Promise<void>;
  balance(accountId: string): Promise<Balance | undefined>;
  /** Commits it, once for a key. */
  post(transfer: Transfer): Promise<Posted>;
}

export const schema = `
  create table balances (id text primary key, booked_minor bigint not null, version bigint not null);
  create table posted (key text primary key, answer jsonb not null)`;

export function openBook(url: string): Book {
  const pool = new pg.Pool({ connectionString: url, max: connectionsMax });

  async function post({ key, source, destination, minor }: Transfer): Promise<Posted> {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query('select from balances where id = any($1) order by id for update', [
        [source, destination],
      ]);
      // Behind the locks: the same key elsewhere is committed by now, or waits.
      const { rows } = await client.query<{ answer: Posted }>(
        'select answer from posted where key = $1',
        [key],
      );
      const posted = rows[0]?.answer ?? {
        source: await change(client, source, `-${minor}`),
        destination: await change(client, destination, minor),
      };
      if (rows.length === 0) {
        await client.query('insert into posted (key, answer) values ($1, $2)', [key, posted]);
      }
      await client.query('commit');
      return posted;
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }

  return {
    async open(accountId) {
      await pool.query('insert into balances values ($1, 0, 0) on conflict do nothing', [
        accountId,
      ]);
    },
    async balance(accountId) {
      const { rows } = await pool.query<Row>(`select ${columns} from balances where id = $1`, [
        accountId,
      ]);
      return rows[0] && balanceOf(rows[0]);
    },
    post,
  };
}

interface Row {
  readonly id: string;
  readonly booked_minor: string;
  readonly version: string;
}

const columns = 'id, booked_minor, version';

async function change(client: pg.PoolClient, id: string, minor: string): Promise<Balance> {
  const { rows } = await client.query<Row>(
    `update balances set booked_minor = booked_minor + $2, version = version + 1
      where id = $1 returning ${columns}`,
    [id, minor],
  );
  return balanceOf(rows[0]!);
}

function balanceOf(row: Row): Balance {
  return { accountId: row.id, bookedMinor: row.booked_minor, version: Number(row.version) };
}
