// FILE.refused.csv: the rows that were refused, each with its code, so that they can be put right and
// sent again. Where none was refused there is no such file, not even one of an earlier run.
import { open, rm, type FileHandle } from 'node:fs/promises';
import { stringify } from 'csv-stringify/sync';

export interface RefusedRows extends AsyncDisposable {
  readonly path: string;
  readonly count: number;
  add(fields: readonly string[], code: string): void;
  /** Writes what was added. */
  write(): Promise<void>;
}

/** For the CSV file at `source`; removes what an earlier run has left. */
export async function collectRefusedRows(
  source: string,
  columns: readonly string[],
): Promise<RefusedRows> {
  const path = `${source.replace(/\.csv$/i, '')}.refused.csv`;
  await rm(path, { force: true });
  let file: FileHandle | undefined;
  let rows: string[][] = [];
  let count = 0;
  return {
    path,
    get count() {
      return count;
    },
    add(fields, code) {
      rows.push([...fields, code]);
      count += 1;
    },
    async write() {
      if (rows.length === 0) return;
      const added = rows;
      rows = [];
      if (file === undefined) {
        added.unshift([...columns, 'code']);
        file = await open(path, 'w');
      }
      await file.write(stringify(added));
    },
    async [Symbol.asyncDispose]() {
      await file?.close();
    },
  };
}
