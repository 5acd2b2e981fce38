// The command `atlas`: `up` starts everything in one process, a role's name starts that role, and the
// other commands work on a running system or on its book. Exit codes: 0 done, 1 failed, 2 wrong use.
import { UsageError, type Command } from './commands/command.ts';
import { demoCommand } from './commands/demo.ts';
import { importCommand } from './commands/import.ts';
import { loadCommand } from './commands/load.ts';
import { migrateCommand } from './commands/migrate.ts';
import { rolesCommand } from './commands/roles.ts';
import { tokenCommand } from './commands/token.ts';
import { upCommand } from './commands/up.ts';
import { verifyCommand } from './commands/verify.ts';
import { roleNames } from './platform/role.ts';
import { SettingError, describeSettings, readSettings } from './platform/settings.ts';

const commands: Readonly<Record<string, Command>> = {
  up: upCommand,
  migrate: migrateCommand,
  token: tokenCommand,
  import: importCommand,
  demo: demoCommand,
  load: loadCommand,
  verify: verifyCommand,
};

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const [name = '--help', ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(`${rest[0] === 'settings' ? describeSettings() : help()}\n`);
    return 0;
  }
  const isRole = (roleNames as readonly string[]).includes(name);
  const command = isRole ? rolesCommand : commands[name];
  try {
    if (command === undefined)
      throw new UsageError(`there is no command "${name}"; see atlas --help`);
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

function help(): string {
  return [
    'Atlas: money moves exactly once, and every screen knows within milliseconds.',
    '',
    ...Object.values(commands).map(({ usage }) => usage),
    rolesCommand.usage,
    '',
    'atlas --help settings lists the settings (environment variables).',
  ].join('\n');
}
