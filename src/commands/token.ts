// `atlas token`: a token signed with the development key, alone on standard output, so that a shell
// can put it where it is needed.
import { Compile } from 'typebox/compile';
import { AccountId } from '../contracts/transfers.ts';
import { developmentKeys } from '../platform/development-keys.ts';
import { scopes } from '../platform/identity.ts';
import type { Settings } from '../platform/settings.ts';
import { UsageError, readArguments, type Command } from './command.ts';
import { parseTtl } from './ttl.ts';

const accountIds = Compile(AccountId);
const isAccountId = (text: string): boolean => accountIds.Check(text);

export const tokenCommand: Command = {
  usage: [
    '  atlas token [--tenant tnt_demo] [--subject operator] [--accounts a,b or *]',
    `              [--scope "${scopes.join(' ')}"] [--ttl 1h]`,
    '              [--traffic normal or bulk]',
    '                                a development token, alone on standard output',
  ].join('\n'),
  async run(args, settings) {
    const { values } = readArguments({
      args: [...args],
      options: {
        tenant: { type: 'string', default: 'tnt_demo' },
        subject: { type: 'string', default: 'operator' },
        accounts: { type: 'string', default: '*' },
        scope: { type: 'string', default: scopes.join(' ') },
        traffic: { type: 'string', default: 'normal' },
        ttl: { type: 'string', default: '1h' },
      },
    });
    refuseWithProvider(settings);
    const keys = await developmentKeys(settings.ATLAS_DATA);
    const token = await keys.sign({
      tenant: tenantOf(values.tenant),
      subject: subjectOf(values.subject),
      accounts: accountsOf(values.accounts),
      scope: scopeOf(values.scope),
      traffic: trafficOf(values.traffic),
      ttlSeconds: parseTtl(values.ttl),
    });
    process.stdout.write(`${token}\n`);
    return 0;
  },
};

function refuseWithProvider(settings: Settings): void {
  if (settings.AUTH_JWKS_URL === undefined) return;
  throw new Error(
    'AUTH_JWKS_URL is set, so tokens come from that provider; unset it for development',
  );
}

function tenantOf(text: string): string {
  if (/^[A-Za-z0-9_.-]{1,64}$/.test(text)) return text;
  throw new UsageError('--tenant must be 1 to 64 of A-Z a-z 0-9 _ . -');
}

function subjectOf(text: string): string {
  if (text.length >= 1 && text.length <= 255) return text;
  throw new UsageError('--subject must have 1 to 255 characters');
}

function accountsOf(text: string): readonly string[] | '*' {
  if (text === '*') return '*';
  const accounts = text.split(',').map((account) => account.trim());
  const wrong = accounts.find((account) => !isAccountId(account));
  if (wrong === undefined) return accounts;
  throw new UsageError(
    `--accounts must be * or account ids with commas between; "${wrong}" is none`,
  );
}

function scopeOf(text: string): string {
  const given = text.split(/\s+/).filter((scope) => scope !== '');
  const wrong = given.find((scope) => !(scopes as readonly string[]).includes(scope));
  if (wrong === undefined) return given.join(' ');
  throw new UsageError(`--scope knows ${scopes.join(', ')}; "${wrong}" is none of them`);
}

function trafficOf(text: string): 'normal' | 'bulk' {
  if (text === 'normal' || text === 'bulk') return text;
  throw new UsageError(`--traffic must be normal or bulk, and not "${text}"`);
}
