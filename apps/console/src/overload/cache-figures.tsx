// What the balance cache spares the database: reads, what the cache said to them, and the calls that the
// database still had.
import type { CacheStats } from '@atlas/client';
import { useSession } from '../session/use-session.ts';
import { countText, rateText, shareText } from '../ui/figure-text.ts';
import { Panel } from '../ui/panel.tsx';
import { lately, perSecond, rateLately } from './rates.ts';
import { TimeChart } from '../ui/time-chart.tsx';
import { useWatch } from '../ui/use-watch.ts';
import type { Sample } from '../ui/watch.ts';

type Samples = readonly Sample<CacheStats>[];
type Count = (stats: CacheStats) => number;

const rows: readonly { readonly name: string; readonly count: Count }[] = [
  { name: 'Reads', count: ({ reads }) => reads },
  { name: 'Hits', count: ({ hits }) => hits },
  { name: 'Misses', count: ({ misses }) => misses },
  { name: 'Bypasses', count: ({ bypasses }) => bypasses },
  { name: 'Database calls', count: ({ databaseCalls }) => databaseCalls },
  { name: 'Database calls saved', count: ({ databaseCallsSaved }) => databaseCallsSaved },
  { name: 'Without an answer', count: ({ failed }) => failed },
];

export function CacheFigures() {
  const { figures } = useSession();
  const watched = useWatch(figures.cache);
  const { samples } = watched;
  return (
    <Panel title="Balance cache" who="The ledger" watched={watched} nodeOf={({ node }) => node}>
      {(stats, nowMs) => (
        <>
          <p>{inWords(stats)}</p>
          <TimeChart
            title="Balance reads per second"
            hint="A hit costs the database nothing; a bypass is a read while the cache was not to be trusted."
            {...lately(samples, nowMs)}
            series={[
              { name: 'Reads', tone: 'offered', values: perSecond(samples, ({ reads }) => reads) },
              { name: 'Hits', tone: 'admitted', values: perSecond(samples, ({ hits }) => hits) },
              {
                name: 'Database calls',
                tone: 'refused',
                values: perSecond(samples, ({ databaseCalls }) => databaseCalls),
              },
            ]}
            text={rateText}
          />
          <CacheTable samples={samples} stats={stats} />
        </>
      )}
    </Panel>
  );
}

function inWords({ engine, reads, hitRatio, databaseCallsSaved }: CacheStats): string {
  const where = engine === 'redis' ? 'Redis' : 'in the memory of this process';
  if (reads === 0)
    return `The cache is ${where}. No balance has been read since the ledger started.`;
  const saved = shareText(databaseCallsSaved / reads);
  return `The cache is ${where}. It answered ${shareText(hitRatio)} of ${countText(reads)} reads, and ${saved} of them cost the database no call.`;
}

function CacheTable({ samples, stats }: { readonly samples: Samples; readonly stats: CacheStats }) {
  return (
    <div className="figure-block">
      <h3 id="cache-counts">Since the ledger started</h3>
      <p>Hits, misses and bypasses add up to reads; one database call may serve many of them.</p>
      <table className="figures" aria-labelledby="cache-counts">
        <thead>
          <tr>
            <td />
            <th scope="col">Per second</th>
            <th scope="col">Total</th>
            <th scope="col">Of reads</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, count }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{rateText(rateLately(samples, count))}</td>
              <td>{countText(count(stats))}</td>
              <td>{shareText(stats.reads === 0 ? undefined : count(stats) / stats.reads)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
