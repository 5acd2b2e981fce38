// All entries of the account as a file, read through the public API, as many as a file may hold.
import type { Entry } from '@atlas/client';
import { useMutation } from '@tanstack/react-query';
import { decimalText } from '../../../../src/contracts/amount-text.ts';
import { useSession } from '../session/use-session.ts';
import { csvRowsMax, downloadCsv, type CsvColumn } from '../ui/csv.ts';
import { Icon } from '../ui/icons.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';

/** The most that the API gives at once. */
const pageRows = 200;

interface EntriesCsvProps {
  readonly accountId: string;
  readonly currency: string;
}

export function EntriesCsv({ accountId, currency }: EntriesCsvProps) {
  const { atlas } = useSession();
  const download = useMutation({
    mutationFn: () =>
      downloadCsv({
        name: `entries-${accountId}`,
        columns: columnsFor(currency),
        rows: atlas.accounts.entries(accountId, { limit: pageRows }),
      }),
  });
  return (
    <div className="entries-csv">
      <button
        type="button"
        className="button"
        disabled={download.isPending}
        onClick={() => download.mutate()}
      >
        <Icon name="download" /> {download.isPending ? 'Reading…' : 'CSV'}
      </button>
      <p role="status">
        {download.data?.cut && `The file has the newest ${csvRowsMax} entries; there are more.`}
      </p>
      {download.isError && <ProblemNote error={download.error} />}
    </div>
  );
}

function columnsFor(currency: string): CsvColumn<Entry>[] {
  return [
    { name: 'version', value: ({ version }) => version },
    { name: 'postedAt', value: ({ postedAt }) => postedAt },
    { name: 'effectiveAt', value: ({ effectiveAt }) => effectiveAt },
    { name: 'entryId', value: ({ entryId }) => entryId },
    { name: 'counterpartyAccountId', value: (entry) => entry.counterpartyAccountId },
    { name: 'narration', value: ({ narration }) => narration },
    { name: 'currency', value: () => currency },
    { name: 'amount', value: ({ amountMinor }) => decimalText(amountMinor, currency) },
    { name: 'balanceAfter', value: (entry) => decimalText(entry.balanceAfterMinor, currency) },
  ];
}
