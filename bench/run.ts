// `npm run bench -- <name> [options]`: runs one benchmark, bench/<name>.bench.ts, on real engines
// like those of the tests. `list` names them. A benchmark exports `run(args)` and prints its figures.
import { glob, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

const folder = import.meta.dirname;
const ending = '.bench.ts';

const [name = 'list', ...args] = process.argv.slice(2);
const names = (await Array.fromAsync(glob(`*${ending}`, { cwd: folder })))
  .map((file) => basename(file, ending))
  .sort();

if (name === 'list') {
  for (const each of names) console.log(`${each.padEnd(14)}${await describe(each)}`);
} else if (names.includes(name)) {
  const benchmark = (await import(`./${name}${ending}`)) as {
    run: (args: string[]) => Promise<void>;
  };
  await benchmark.run(args);
} else {
  console.error(`bench: there is no ${name}; there are: ${names.join(', ') || 'none'}`);
  process.exitCode = 2;
}

/** The first sentence of the comment that opens the file. */
async function describe(each: string): Promise<string> {
  const source = await readFile(join(folder, each + ending), 'utf8');
  const comment = /^(?:\/\/.*\n)+/.exec(source)?.[0] ?? '';
  const text = comment
    .replaceAll(/^\/\/ ?/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return /^.*?[.:](?= |$)/.exec(text)?.[0] ?? text;
}
