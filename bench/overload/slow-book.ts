// A PostgreSQL whose transfers take as long as they are told: each row that is inserted sleeps inside the
// transaction that posts it, holding its connection and its locks as slow disks and long queries would.
// So what a core posts in a second is set from outside, by connections ÷ sleep, whatever the group's size.
import { Client } from 'pg';
import { postgres } from '../../test/engines/index.ts';

export interface SlowBook extends AsyncDisposable {
  readonly url: string;
  /** To be called once the tables are there, when an Atlas has started on `url`. */
  prepare(): Promise<void>;
  /** Each transfer takes so long from now on. */
  slow(rowMs: number): Promise<void>;
  /** Nothing is posted until the result is disposed: the table is locked. */
  stall(): Promise<AsyncDisposable>;
}

export async function openSlowBook(): Promise<SlowBook> {
  await using opened = new AsyncDisposableStack();
  const { url } = opened.use(await postgres());
  const client = await connected(url, opened);
  const stalling = await connected(url, opened);
  const kept = opened.move();
  return {
    url,
    async prepare() {
      await client.query(`
        create table slowness (row_seconds double precision not null);
        insert into slowness values (0);
        create function sleep_a_row() returns trigger language plpgsql as $$
        begin
          perform pg_sleep(row_seconds) from slowness where row_seconds > 0;
          return null;
        end $$;
        create trigger slow after insert on transfers for each row execute function sleep_a_row();`);
    },
    async slow(rowMs) {
      await client.query('update slowness set row_seconds = $1', [rowMs / 1_000]);
    },
    async stall() {
      await stalling.query('begin; lock table transfers in access exclusive mode');
      return {
        async [Symbol.asyncDispose]() {
          await stalling.query('rollback');
        },
      };
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function connected(url: string, stack: AsyncDisposableStack): Promise<Client> {
  const client = new Client(url);
  await client.connect();
  stack.defer(() => client.end());
  return client;
}
