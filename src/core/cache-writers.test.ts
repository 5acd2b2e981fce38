import assert from 'node:assert/strict';
import { it } from 'node:test';
import { pino } from 'pino';
import { postgres } from '../../test/engines/index.ts';
import { openPostgres } from '../engines/postgres.ts';
import { enterWriter } from './cache-writers.ts';
import { migrate } from './migrate.ts';

const id = '00000000-0000-4000-8000-000000000001';

it('a core that does not get its lock keeps no connection', async () => {
  await using empty = await postgres();
  const open = (applicationName: string) =>
    openPostgres({
      url: empty.url,
      connectionsMax: 1,
      connectTimeoutMs: 5_000,
      statementTimeoutMs: 300,
      applicationName,
    });
  await using first = await open('first');
  await migrate(first);
  await using second = await open('second');
  const log = pino({ level: 'silent' });
  await using writer = await enterWriter(first, id, log);
  await assert.rejects(enterWriter(second, writer.id, log), { code: '57014' });
  const sessions = await first.query(
    `select from pg_stat_activity where application_name = 'second'`,
  );
  assert.equal(sessions.length, 0);
});
