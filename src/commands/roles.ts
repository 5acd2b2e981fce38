// `atlas <role> [role …]`: the roles of one process among several, on engines that they share.
import { roleNames, type RoleName } from '../platform/role.ts';
import { UsageError, type Command } from './command.ts';

export const rolesCommand: Command = {
  usage: `  atlas <role> [role …]         one role or several: ${roleNames.join(', ')}`,
  async run(args, settings) {
    const unknown = args.find((name) => !(roleNames as readonly string[]).includes(name));
    if (unknown !== undefined) {
      throw new UsageError(`"${unknown}" is not a role; roles are ${roleNames.join(', ')}`);
    }
    // The whole platform, which neither the help nor a mistake in the command needs.
    const { serve } = await import('./serve.ts');
    return serve({
      settings,
      names: new Set(args as RoleName[]),
      development: false,
      greeting: ({ developmentKeys }, { urls }) =>
        [
          ...Object.entries(urls).map(([role, url]) => `${role.padEnd(10)}${url}`),
          ...(developmentKeys === undefined
            ? []
            : [`tokens    ATLAS_DEV=1: the development key in ${settings.ATLAS_DATA}`]),
        ].join('\n'),
    });
  },
};
