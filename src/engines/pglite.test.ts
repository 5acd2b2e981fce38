import assert from 'node:assert/strict';
import { once } from 'node:events';
import { it } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { embeddedFolder } from '../../test/embedded-folder.ts';
import { isConnectionFailure } from './database.ts';
import { openPglite } from './pglite.ts';

it('a book whose thread has ended says so, refuses what is asked of it, and closes', async () => {
  await using made = await embeddedFolder();
  const starting = once(process, 'worker') as Promise<[Worker]>;
  const database = await openPglite(made.folder);
  const [worker] = await starting;
  const underWay = assert.rejects(database.query('select pg_sleep(1)'), isConnectionFailure);
  await worker.terminate();
  await underWay;
  assert.match(await database.gone!, /has stopped/);
  await assert.rejects(database.query('select 1'), isConnectionFailure);
  await database[Symbol.asyncDispose]();
  await using again = await openPglite(made.folder);
  assert.equal((await again.query('select 1')).length, 1);
});
