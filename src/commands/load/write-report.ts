// Keeps a run: the result as JSON for programs and later runs, the report for people.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportPage } from '../../../load/report/page.ts';
import type { LoadReport } from '../../../load/result.ts';

export interface ReportFiles {
  readonly result: string;
  readonly report: string;
}

/** Makes the folder when it is missing. */
export async function writeReport(report: LoadReport, folder: string): Promise<ReportFiles> {
  await mkdir(folder, { recursive: true });
  const name = `${report.date.replaceAll(/[:.]/g, '-').slice(0, 19)}-${report.scenario}`;
  const files = { result: join(folder, `${name}.json`), report: join(folder, `${name}.html`) };
  await writeFile(files.result, `${JSON.stringify(report, undefined, 1)}\n`);
  await writeFile(files.report, reportPage(report));
  return files;
}
