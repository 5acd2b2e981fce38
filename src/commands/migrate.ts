// `atlas migrate`: brings the database and the Kafka topics to this version, and says what it did.
import { migrate } from '../core/migrate.ts';
import { openPglite } from '../engines/pglite.ts';
import { openPostgres } from '../engines/postgres.ts';
import { UsageError, type Command } from './command.ts';

export const migrateCommand: Command = {
  usage: '  atlas migrate                 bring the database and the topics to this version',
  async run(args, settings) {
    if (args.length > 0) throw new UsageError('atlas migrate takes no arguments');
    await using database =
      settings.DATABASE_URL === undefined
        ? await openPglite(settings.ATLAS_DATA)
        : await openPostgres({
            url: settings.DATABASE_URL,
            connectionsMax: 1,
            connectTimeoutMs: 10_000,
            statementTimeoutMs: settings.ATLAS_STATEMENT_TIMEOUT_MS,
            applicationName: 'atlas-migrate',
          });
    const applied = await migrate(database);
    process.stdout.write(
      applied.length === 0 ? 'database up to date\n' : `applied ${applied.join(', ')}\n`,
    );
    if (settings.KAFKA_BOOTSTRAP !== undefined) {
      const { makeTopics } = await import('../engines/kafka.ts');
      await makeTopics(settings);
      process.stdout.write(
        `topics ${settings.TOPIC_BALANCE_UPDATES}, ${settings.TOPIC_LEDGER_EVENTS} ready\n`,
      );
    }
    return 0;
  },
};
