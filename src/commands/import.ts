// `atlas import`: posts a file of transfers through the public API. The whole file is checked before
// anything is sent, and every row has its key, so a run that was cut off is simply started again.
import type { CallOptions } from '@atlas/client';
import { terminated } from '../platform/shutdown.ts';
import type { Settings } from '../platform/settings.ts';
import { commandToken, connectApi, inWords, wordsOf, type Api } from './api-client.ts';
import { UsageError, readArguments, type Command } from './command.ts';
import { accountColumns, readAccounts } from './import/account-rows.ts';
import { accountsAtOnceMax, openAccounts } from './import/open-accounts.ts';
import { postTransfers, type Totals } from './import/post-transfers.ts';
import { showProgress, type Progress } from './import/progress.ts';
import { collectRefusedRows } from './import/refused-rows.ts';
import { readTransfers, transferColumns } from './import/transfer-rows.ts';

/** Without a single batch taken for so long, the import gives up. */
const giveUpAfterMs = 120_000;
const repeatsPerSecondMax = 10;

export const importCommand: Command = {
  usage: [
    '  atlas import FILE.csv [--accounts FILE.csv]',
    `                                post a file: ${transferColumns.join()}`,
    `                                (accounts: ${accountColumns.join()})`,
  ].join('\n'),
  async run(args, settings) {
    const { values, positionals } = readArguments({
      args: [...args],
      allowPositionals: true,
      options: { accounts: { type: 'string' } },
    });
    const [file] = positionals;
    if (file === undefined || positionals.length > 1) {
      throw new UsageError('atlas import takes one file of transfers; see atlas import --help');
    }
    return inWords(importFiles(settings, file, values.accounts));
  },
};

async function importFiles(
  settings: Settings,
  file: string,
  accountsFile: string | undefined,
): Promise<number> {
  if (accountsFile !== undefined) await count(readAccounts(accountsFile));
  const rows = await count(readTransfers(file));
  const token = await commandToken(settings, 'atlas-import');
  await using api = await connectApi({
    url: settings.ATLAS_URL,
    token,
    connectionsMax: accountsAtOnceMax,
    repeatsPerSecondMax,
  });
  let progress: Progress | undefined;
  const calls: CallOptions = {
    deadlineMs: giveUpAfterMs,
    onRetry: (error) => progress?.waiting(wordsOf(error)),
  };
  if (accountsFile !== undefined && !(await importAccounts(api, calls, accountsFile))) return 1;

  const totals: Totals = { posted: 0, replayed: 0, refused: 0 };
  await using refused = await collectRefusedRows(file, transferColumns);
  const interrupted = interruption();
  const startedAt = performance.now();
  try {
    using shown = showProgress({ output: process.stderr, rows, totals });
    progress = shown;
    const stopped = () => interrupted.aborted;
    await postTransfers({ api, calls, rows: readTransfers(file), refused, totals, stopped });
  } catch (error) {
    if (rowsDone(totals) === 0) throw error;
    throw new Error(`${wordsOf(error)} (${summary(totals, startedAt)}; run it again to go on)`, {
      cause: error,
    });
  }
  process.stdout.write(`${summary(totals, startedAt)}\n`);
  if (totals.refused > 0) process.stdout.write(`refused rows, with codes: ${refused.path}\n`);
  const missing = rows - rowsDone(totals);
  if (missing > 0) throw new Error(`stopped before ${missing} rows; run it again to go on`);
  return totals.refused > 0 ? 1 : 0;
}

/** Resolves to false when the file asks for accounts that exist otherwise: then no money moves. */
async function importAccounts(
  api: Api,
  calls: CallOptions,
  accountsFile: string,
): Promise<boolean> {
  await using refused = await collectRefusedRows(accountsFile, accountColumns);
  const opened = await openAccounts({ api, calls, rows: readAccounts(accountsFile), refused });
  process.stdout.write(`accounts ${opened} open, ${refused.count} refused\n`);
  if (refused.count === 0) return true;
  process.stderr.write(
    `atlas: accounts exist with other values, so nothing was posted; they are in ${refused.path}\n`,
  );
  return false;
}

async function count(rows: AsyncIterable<unknown>): Promise<number> {
  let number = 0;
  for await (const _ of rows) number += 1;
  return number;
}

function rowsDone({ posted, replayed, refused }: Totals): number {
  return posted + replayed + refused;
}

function summary(totals: Totals, startedAt: number): string {
  const { posted, replayed, refused } = totals;
  const seconds = (performance.now() - startedAt) / 1_000;
  const rate = Math.round(rowsDone(totals) / seconds);
  return `posted ${posted}, replayed ${replayed}, refused ${refused}, rate ${rate}/s (${seconds.toFixed(1)} s)`;
}

/** Ctrl-C ends the import after the batch under way; a second one ends it at once. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  void terminated().then((signal) => controller.abort(signal));
  return controller.signal;
}
