// Keeps a run: the result as JSON for programs and later runs, the report for people.
import { mkdir, mkdtemp, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportPage } from '../../../load/report/page.ts';
import type { LoadReport } from '../../../load/result.ts';
import { UsageError } from '../command.ts';

export interface ReportFiles {
  readonly result: string;
  readonly report: string;
}

/**
 * Makes the folder when it is missing, and sees whether it can be written to: before the run, which would else
 * be in vain.
 * @throws UsageError
 */
export async function reportFolder(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    await rmdir(await mkdtemp(join(folder, '.tried-')));
  } catch (error) {
    throw new UsageError(`--out: ${(error as Error).message}`, { cause: error });
  }
  return folder;
}

export async function writeReport(report: LoadReport, folder: string): Promise<ReportFiles> {
  const name = `${report.date.replaceAll(/[:.]/g, '-').slice(0, 19)}-${report.scenario}`;
  const files = { result: join(folder, `${name}.json`), report: join(folder, `${name}.html`) };
  await writeFile(files.result, `${JSON.stringify(report, undefined, 1)}\n`);
  await writeFile(files.report, reportPage(report));
  return files;
}
