// `atlas verify`: audits the whole book, and lists what does not hold. A book that nobody uses is opened
// here; the embedded one of a running Atlas is audited by its core.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import type { Problem } from '../contracts/problems.ts';
import { verifyPath } from '../core/verify-route.ts';
import { verifyBook, type BookReport } from '../core/verify.ts';
import { FolderInUse } from '../engines/folder-lock.ts';
import { openPglite } from '../engines/pglite.ts';
import { openPostgres } from '../engines/postgres.ts';
import { developmentKeys } from '../platform/development-keys.ts';
import type { Settings } from '../platform/settings.ts';
import { UsageError, type Command } from './command.ts';

const connectTimeoutMs = 5_000;
const auditTimeoutMs = 3_600_000;

export const verifyCommand: Command = {
  usage: '  atlas verify                  audit the book: exit 1 with the breaks listed',
  async run(args, settings) {
    if (args.length > 0) throw new UsageError('atlas verify takes no arguments');
    const report = await audit(settings);
    process.stdout.write(`${describe(report)}\n`);
    return report.checks.some(({ breaks }) => breaks > 0) ? 1 : 0;
  },
};

async function audit(settings: Settings): Promise<BookReport> {
  if (settings.DATABASE_URL !== undefined) {
    await using database = await openPostgres({
      url: settings.DATABASE_URL,
      connectionsMax: 1,
      connectTimeoutMs,
      statementTimeoutMs: settings.ATLAS_STATEMENT_TIMEOUT_MS,
      applicationName: 'atlas-verify',
    });
    return await verifyBook(database);
  }
  const folder = settings.ATLAS_DATA;
  if (!existsSync(join(folder, 'book'))) {
    throw new Error(`there is no book in ${folder}; npm start makes one, ATLAS_DATA names another`);
  }
  try {
    await using database = await openPglite(folder);
    return await verifyBook(database);
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error;
    return askCore(settings);
  }
}

async function askCore(settings: Settings): Promise<BookReport> {
  const { LEDGER_INTERNAL: url, LEDGER_INTERNAL_SECRET: secret, ATLAS_DATA: folder } = settings;
  const credential = secret ?? (await developmentKeys(folder)).internalSecret;
  const dispatcher = new Agent({
    connect: { timeout: connectTimeoutMs },
    headersTimeout: auditTimeoutMs,
  });
  try {
    const answer = await request(`${url.replace(/\/$/, '')}${verifyPath}`, {
      dispatcher,
      headers: { authorization: `Bearer ${credential}` },
    });
    const body = (await answer.body.json()) as BookReport | Problem;
    if ('checks' in body) return body;
    throw new Refused(`the core at ${url} refuses to audit: ${body.detail}`);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Error(
      `the book in ${folder} is in use, and no core answers at ${url}; set LEDGER_INTERNAL to it`,
      { cause: error },
    );
  } finally {
    await dispatcher.close();
  }
}

class Refused extends Error {}

function describe({ counts, checks, tookMs }: BookReport): string {
  const { accounts, transfers, refused, entries, outbox } = counts;
  const seconds = (tookMs / 1_000).toFixed(1);
  const broken = checks.filter(({ breaks }) => breaks > 0);
  const total = broken.reduce((sum, { breaks }) => sum + breaks, 0);
  return [
    ...checks.map(({ promise, breaks }) =>
      breaks === 0 ? `ok     ${promise}` : `BREAK  ${promise}: ${breaks} not so`,
    ),
    ...broken.flatMap(({ promise, breaks, listed }) => [
      '',
      `Not so: ${promise}`,
      ...listed.map((words) => `  ${words}`),
      ...(breaks > listed.length ? [`  and ${breaks - listed.length} more`] : []),
    ]),
    '',
    `${accounts} accounts, ${transfers} transfers (${refused} refused), ${entries} entries, ` +
      `${outbox} outbox rows audited in ${seconds} s`,
    total === 0 ? 'no breaks' : `${total} breaks`,
  ].join('\n');
}
