// What the filters select as a file, read through the public API page by page. It is bounded twice: by the rows
// of a file and by the pages of a search, and says when it was cut.
import type { ListedTransfer, SearchedTo, TransferQuery, Transfers } from '@atlas/client';
import { useMutation } from '@tanstack/react-query';
import { decimalText } from '../../../../src/contracts/amount-text.ts';
import { useSession } from '../session/use-session.ts';
import { downloadCsv, type CsvColumn } from '../ui/csv.ts';
import { Icon } from '../ui/icons.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import { momentText } from '../ui/time.ts';

/** The most that the API gives at once. */
const pageRows = 200;
/** As many as a full file has; a search whose pages are short looks at a million payments in them. */
const pagesMax = 250;

export function PaymentsCsv({ asked }: { readonly asked: TransferQuery }) {
  const { atlas } = useSession();
  const download = useMutation({
    mutationFn: async () => {
      const walk = walkPages(atlas.transfers, asked);
      const file = await downloadCsv({ name: 'payments', columns, rows: walk.rows });
      return { ...file, searchedTo: walk.searchedTo() };
    },
  });
  return (
    <>
      <button
        type="button"
        className="button end"
        disabled={download.isPending}
        onClick={() => download.mutate()}
      >
        <Icon name="download" /> {download.isPending ? 'Reading…' : 'CSV'}
      </button>
      <p role="status" className="payments-status">
        {download.data !== undefined && textOf(download.data)}
      </p>
      {download.isError && <ProblemNote error={download.error} />}
    </>
  );
}

function textOf(file: { readonly rows: number; readonly searchedTo: string | null }): string {
  const one = file.rows === 1;
  if (file.searchedTo === null) {
    return one
      ? 'The file has the one payment that is selected.'
      : `The file has all ${file.rows} payments that are selected.`;
  }
  const count = `${file.rows} ${one ? 'payment' : 'payments'}`;
  return `The file is cut: it has ${count}, back to ${momentText(file.searchedTo)}; there may be more.`;
}

function walkPages({ list }: Transfers, asked: TransferQuery) {
  let searchedTo: SearchedTo['searchedTo'] = null;
  async function* rows(): AsyncGenerator<ListedTransfer, undefined> {
    const pages = list({ ...asked, limit: pageRows });
    let cursor: string | undefined;
    for (let read = 0; read < pagesMax; read += 1) {
      const page = await pages.page(cursor);
      // A file that is full is cut at the row that no longer fits, inside of this page.
      for (const item of page.items) {
        searchedTo = item.decidedAt;
        yield item;
      }
      searchedTo = page.searchedTo;
      if (page.nextCursor === null) return undefined;
      cursor = page.nextCursor;
    }
    return undefined;
  }
  return { rows: rows(), searchedTo: () => searchedTo };
}

const columns: readonly CsvColumn<ListedTransfer>[] = [
  { name: 'decidedAt', value: ({ decidedAt }) => decidedAt },
  { name: 'status', value: ({ status }) => status },
  { name: 'code', value: (row) => (row.status === 'refused' ? row.error.code : '') },
  { name: 'entryId', value: (row) => (row.status === 'posted' ? row.entryId : '') },
  { name: 'key', value: ({ key }) => key },
  { name: 'sourceAccountId', value: ({ sourceAccountId }) => sourceAccountId },
  { name: 'destinationAccountId', value: ({ destinationAccountId }) => destinationAccountId },
  { name: 'currency', value: ({ currency }) => currency },
  { name: 'amount', value: ({ minor, currency }) => decimalText(minor, currency) },
  { name: 'narration', value: ({ narration }) => narration },
  { name: 'effectiveAt', value: ({ effectiveAt }) => effectiveAt },
];
