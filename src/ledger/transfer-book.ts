// Lists of transfers as the ledger reads them: on its own connections, behind a guard of their own, each
// for a short time, so that whoever searches takes nothing from those who pay.
import type {
  ListedTransfer,
  ListPosition,
  TransferReader,
  TransfersFound,
} from '../contracts/transfer-list.ts';
import { storedOf, type TransferRow } from '../core/stored-transfers.ts';
import type { Database } from '../engines/database.ts';
import type { ReadGuards } from './read-guards.ts';
import { boundTransaction, selectTransfers } from './transfer-statements.ts';

/** A transfer of a stream, or the last that was looked at in it, or both. */
interface FoundRow extends TransferRow {
  readonly matches: boolean;
  readonly ends: boolean;
}

export function createTransferBook(
  database: Database,
  guards: Pick<ReadGuards, 'transfers'>,
): TransferReader {
  return {
    async list(query) {
      const { text, values } = selectTransfers(query);
      const rows = await guards.transfers.run(() =>
        database.transaction(async (connection) => {
          const [, found] = await Promise.all([
            connection.query(boundTransaction),
            connection.query<FoundRow>(text, values),
          ]);
          return found;
        }),
      );
      return pageOf(rows, query.limit);
    },
  };
}

/** What is older than the end of any stream may have others beside it that were not looked at. */
function pageOf(rows: readonly FoundRow[], limit: number): TransfersFound {
  const end = rows.find(({ ends }) => ends);
  const known = end === undefined ? rows : rows.slice(0, rows.lastIndexOf(end) + 1);
  const byId = new Map<string, ListedTransfer>();
  for (const row of known) if (row.matches) byId.set(row.entry_id, listedOf(row));
  const items = [...byId.values()];
  if (items.length > limit) {
    const page = items.slice(0, limit);
    return { items: page, next: page.at(-1)!.position };
  }
  return { items, next: end === undefined ? undefined : positionOf(end) };
}

function listedOf(row: FoundRow): ListedTransfer {
  return { ...storedOf(row), position: positionOf(row) };
}

function positionOf({ decided_at, entry_id }: TransferRow): ListPosition {
  return { decidedAtMs: decided_at.getTime(), entryId: entry_id };
}
