// The checker of stale reads as a program of its own. Started by another one (node:child_process.fork)
// it tells its totals all the time, and goes on until it is told to stop.
import { UsageError, readArguments, readPositive } from '../../src/commands/command.ts';
import { startCheck, type Check, type Report, type Totals } from './checker.ts';
import { describeReport, isClean } from './report.ts';

const usage = `npm run stale-reads -- --payments URL[,URL] --ledger URL[,URL] [options]
  and in ATLAS_TOKEN a token for every account of its tenant
  --checks 100000   reads to judge, then it stops
  --accounts 50     accounts that it opens: the fewer, the more often one is read while it is written
  --writers 16      callers that post transfers
  --readers 32      callers that read balances, beside the writers' own reads
  --rest-ms 1       pause of a caller between two requests
  --seed 1          of every choice
  --name check-…    begins the ids of its accounts and its idempotency keys
exit code: 0 nothing is wrong, 1 something is, 2 wrong use`;

const tellEveryMs = 20;

/** What is told to whoever has started it. */
export type Told = { readonly totals: Totals } | { readonly report: Report };

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  try {
    const { target, options, checks } = read(args);
    const check = await startCheck(target, options);
    await enough(check, checks);
    const report = await check.stop();
    if (process.connected) await tell({ report });
    else console.log(describeReport(report));
    return isClean(report) ? 0 : 1;
  } catch (error) {
    const wrongUse = error instanceof UsageError;
    console.error(wrongUse ? `${error.message}\n${usage}` : error);
    return wrongUse ? 2 : 1;
  } finally {
    if (process.connected) process.disconnect();
  }
}

/** Resolves when so many reads were judged, or whoever started this has had enough. */
async function enough(check: Check, checks: number): Promise<void> {
  const stopped = Promise.withResolvers<void>();
  process.once('message', () => stopped.resolve());
  process.once('SIGINT', () => stopped.resolve());
  // Nobody is left to hear the report.
  process.once('disconnect', () => process.exit(1));
  const timer = setInterval(() => {
    if (process.connected) void tell({ totals: check.totals });
    if (check.totals.checked >= checks) stopped.resolve();
  }, tellEveryMs);
  await stopped.promise;
  clearInterval(timer);
  process.removeAllListeners('disconnect');
}

function tell(told: Told): Promise<void> {
  return new Promise((resolve) => process.send!(told, () => resolve()));
}

function read(args: string[]) {
  const { values } = readArguments({
    args,
    options: {
      payments: { type: 'string', default: '' },
      ledger: { type: 'string', default: '' },
      checks: { type: 'string', default: '100000' },
      accounts: { type: 'string', default: '50' },
      writers: { type: 'string', default: '16' },
      readers: { type: 'string', default: '32' },
      'rest-ms': { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      name: { type: 'string', default: `check-${Date.now().toString(36)}` },
    },
  });
  const token = process.env['ATLAS_TOKEN'];
  if (token === undefined) throw new UsageError('ATLAS_TOKEN is not set');
  return {
    target: {
      payments: urlsOf('--payments', values.payments),
      ledgers: urlsOf('--ledger', values.ledger),
      token,
    },
    checks: readPositive('--checks', values.checks, 1e9),
    options: {
      accounts: readPositive('--accounts', values.accounts, 100_000),
      writers: readPositive('--writers', values.writers, 1_000),
      readers: readPositive('--readers', values.readers, 1_000),
      restMs: readPositive('--rest-ms', values['rest-ms'], 60_000),
      seed: readPositive('--seed', values.seed, 2 ** 31),
      name: values.name,
    },
  };
}

function urlsOf(option: string, text: string): string[] {
  const urls = text.split(',');
  const wrong = urls.find((url) => !URL.canParse(url) || new URL(url).protocol !== 'http:');
  if (wrong === undefined) return urls;
  throw new UsageError(`${option} must be http URLs, separated by commas, and not "${wrong}"`);
}
