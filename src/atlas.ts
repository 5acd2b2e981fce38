// The command `atlas`: `up` starts everything in one process, a role's name starts that role, and the
// other commands work on a running system or on its book. Exit codes: 0 done, 1 failed, 2 wrong use.
// Only the command that is asked for is loaded, since most of them need little of Atlas.
import { UsageError, type Command } from './commands/command.ts';
import { roleNames } from './platform/role.ts';
import { SettingError, describeSettings, readSettings } from './platform/settings.ts';

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  up: async () => (await import('./commands/up.ts')).upCommand,
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand,
  token: async () => (await import('./commands/token.ts')).tokenCommand,
  import: async () => (await import('./commands/import.ts')).importCommand,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
  load: async () => (await import('./commands/load.ts')).loadCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
};
const roles = async () => (await import('./commands/roles.ts')).rolesCommand;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const [name = '--help', ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(`${rest[0] === 'settings' ? describeSettings() : await help()}\n`);
    return 0;
  }
  const isRole = (roleNames as readonly string[]).includes(name);
  const load = isRole ? roles : commands[name];
  try {
    if (load === undefined) throw new UsageError(`there is no command "${name}"; see atlas --help`);
    const command = await load();
    if (rest.includes('--help') || rest.includes('-h')) {
      process.stdout.write(`${command.usage}\n`);
      return 0;
    }
    return await command.run(isRole ? args : rest, readSettings(process.env));
  } catch (error) {
    const line = (error as Error).message.split('\n', 1)[0];
    process.stderr.write(`atlas: ${line}\n`);
    return error instanceof UsageError || error instanceof SettingError ? 2 : 1;
  }
}

async function help(): Promise<string> {
  const all = await Promise.all([...Object.values(commands), roles].map((load) => load()));
  return [
    'Atlas: money moves exactly once, and every screen knows within milliseconds.',
    '',
    ...all.map(({ usage }) => usage),
    '',
    'atlas --help settings lists the settings (environment variables).',
  ].join('\n');
}
