// `atlas up`: every role in this process, then a link to look and a first transfer to try.
import { roleNames } from '../platform/role.ts';
import type { ProcessContext } from '../platform/context.ts';
import { readSettings, type Settings } from '../platform/settings.ts';
import type { RunningRoles } from '../roles.ts';
import { UsageError, type Command } from './command.ts';

const signedInForSeconds = 7 * 24 * 3_600;

export const upCommand: Command = {
  usage: '  atlas up                      every role in one process',
  async run(args, settings) {
    if (args.length > 0)
      throw new UsageError('atlas up takes no arguments; see atlas --help settings');
    // The whole platform, which neither the help nor a mistake in the command needs.
    const { serve } = await import('./serve.ts');
    return serve({ settings, names: new Set(roleNames), development: true, greeting });
  },
};

async function greeting(context: ProcessContext, { urls }: RunningRoles): Promise<string> {
  const { settings, developmentKeys } = context;
  const lines = [
    `engines   ${enginesInWords(settings)}`,
    ...Object.entries(urls).map(([role, url]) => `${role.padEnd(10)}${url}`),
  ];
  if (developmentKeys === undefined) {
    return [...lines, `console   ${urls.gateway}/ (sign in with a token of your provider)`].join(
      '\n',
    );
  }
  const token = await developmentKeys.sign({
    tenant: 'tnt_demo',
    subject: 'operator',
    accounts: '*',
    scope: 'transfers balances accounts ops',
    ttlSeconds: signedInForSeconds,
  });
  return [
    ...lines,
    `tokens    a development key in ${settings.ATLAS_DATA}, for this machine only`,
    '',
    'The console, signed in:',
    `  ${urls.gateway}/#token=${token}`,
    '',
    `Something to watch: ${forCommands(settings, urls.gateway)}npx atlas demo`,
    'A first transfer, in another terminal in this folder:',
    ...firstTransfer(settings, urls.gateway!).map((line) => `  ${line}`),
    '',
  ].join('\n');
}

function enginesInWords(settings: Settings): string {
  return [
    settings.DATABASE_URL === undefined ? `embedded book in ${settings.ATLAS_DATA}` : 'PostgreSQL',
    settings.KAFKA_BOOTSTRAP === undefined ? 'its outbox as the event log' : 'Kafka',
    settings.REDIS === undefined ? 'cache in memory' : 'Redis',
  ].join(', ');
}

/** The settings without which a command in another terminal finds neither the key nor the gateway. */
function forCommands(settings: Settings, gateway?: string): string {
  const { ATLAS_DATA: folder } = settings;
  const defaults = readSettings({});
  return [
    folder === defaults.ATLAS_DATA ? '' : `ATLAS_DATA='${folder}' `,
    gateway === undefined || gateway === defaults.ATLAS_URL ? '' : `ATLAS_URL=${gateway} `,
  ].join('');
}

function firstTransfer(settings: Settings, gateway: string): string[] {
  const token = `$(${forCommands(settings)}npx atlas token)`;
  const curl = `curl -H "authorization: Bearer ${token}" -H "content-type: application/json"`;
  const body = `{"sourceAccountId":"mint","destinationAccountId":"alice","minor":"1250","currency":"EUR"}`;
  return [
    `${curl} -X PUT ${gateway}/ledger/accounts/mint -d '{"currency":"EUR","minimumMinor":null}'`,
    `${curl} -X PUT ${gateway}/ledger/accounts/alice -d '{"currency":"EUR"}'`,
    `${curl} -H "idempotency-key: first" ${gateway}/payments/transfers -d '${body}'`,
  ];
}
