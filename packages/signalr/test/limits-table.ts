/** The limits as a table of the README, from the code: names, defaults and what is said of them. */
import { readFile } from 'node:fs/promises';
import { defaultLimits } from '../src/limits.ts';

export async function limitsTable(): Promise<string> {
  const source = await readFile(new URL('../src/limits.ts', import.meta.url), 'utf8');
  const rows = Object.entries(defaultLimits).map(([name, value]) => [
    `\`${name}\``,
    value.toLocaleString('en'),
    commentOf(name, source),
  ]);
  const all = [['Limit', 'Default', 'What it limits'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: string[], fill = ' ') =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!, fill)).join(' | ')} |\n`;
  return [line(all[0]!), line(['', '', ''], '-'), ...rows.map((row) => line(row))].join('');
}

/** The words of the comment right before the limit. */
function commentOf(name: string, source: string): string {
  const before = source.slice(0, source.search(new RegExp(`^  ${name}: `, 'm')));
  const comment = before.slice(before.lastIndexOf('/**') + 3, before.lastIndexOf('*/'));
  return comment.replaceAll(/\s+\*?\s*/g, ' ').trim();
}
