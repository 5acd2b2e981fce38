// What the console costs a browser: scripts and time until each page can be used, and the frames that are late
// while ten thousand rows are loaded and scrolled. Options: --only opening,scrolling --rows 10000 --rounds 5.
import { parseArgs } from 'node:util';
import { busy, fillBook } from './screens/book.ts';
import { framesOf, lateMs } from './screens/frames.ts';
import { opening } from './screens/opening.ts';
import { startPlace, type Place } from './screens/place.ts';
import { scrollThrough } from './screens/scrolling.ts';
import { pageMemory } from './screens/memory.ts';
import { median, table } from './support/table.ts';

/** The list, where it is. */
const lists = {
  Payments: '/transfers',
  Entries: `/accounts/${busy}`,
  Accounts: '/accounts',
} as const;

const parts: Readonly<Record<string, (place: Place, options: Options) => Promise<string>>> = {
  opening: openAll,
  scrolling: scrollAll,
};

interface Options {
  readonly rows: number;
  readonly rounds: number;
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: Object.keys(parts).join(',') },
      rows: { type: 'string', default: '10000' },
      rounds: { type: 'string', default: '5' },
    },
  });
  const names = values.only.split(',');
  const unknown = names.find((name) => !(name in parts));
  if (unknown !== undefined) {
    console.error(`bench screens: there is no ${unknown}: ${Object.keys(parts).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const options = { rows: Number(values.rows), rounds: Number(values.rounds) };
  await using stack = new AsyncDisposableStack();
  const place = await startPlace(stack);
  await fillBook(place.atlas, options.rows);
  for (const name of names) console.log(`\n${name}\n\n${await parts[name]!(place, options)}`);
}

async function openAll(place: Place, { rounds }: Options): Promise<string> {
  const rows: (string | number)[][] = [];
  for (const path of [...(await pagePaths(place)), lists.Entries]) {
    const openings = [];
    for (let round = 0; round < rounds; round += 1) openings.push(await opening(place, path));
    const usable = openings.map(({ usableMs }) => usableMs);
    const kilobytes = openings[0]!.scriptBytes / 1_000;
    rows.push([path, kilobytes, median(usable), Math.max(...usable)]);
  }
  return table(['page', 'script KB gz', 'usable ms (median)', 'slowest'], rows);
}

async function scrollAll({ browser, open }: Place, { rows }: Options): Promise<string> {
  const found: (string | number)[][] = [];
  for (const [label, path] of Object.entries(lists)) {
    await using session = await open(path);
    const { page } = session;
    await page.getByRole('table', { name: label }).getByRole('link').first().waitFor();
    const before = await pageMemory(page);
    const frames = await framesOf(browser, page, () => scrollThrough(page, label, rows));
    const after = await pageMemory(page);
    found.push([
      label,
      rows,
      frames.count,
      frames.late,
      frames.longestMs,
      frames.lateByPage,
      frames.busiestMs,
      frames.cpuP99Ms,
      before.heapMegabytes,
      after.heapMegabytes,
    ]);
  }
  const late = `over ${lateMs} ms`;
  return table(
    [
      'list',
      'rows',
      'frames',
      late,
      'longest',
      `${late} of CPU`,
      'most CPU',
      'p99',
      'heap MB',
      'after',
    ],
    found,
  );
}

async function pagePaths({ open }: Place): Promise<string[]> {
  await using session = await open('/');
  const links = session.page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
  await links.first().waitFor();
  return await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')!));
}
