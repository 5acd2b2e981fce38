// Ten times what the book can post: what is still served in time, who, and how soon all is well again,
// beside the same system without its parts. Options: --only goodput,critical,recovery,storm --row-ms 8
// --seconds 5.
import { parseArgs } from 'node:util';
import {
  critical,
  goodput,
  measureCapacity,
  recovery,
  storm,
  type Part,
} from './overload/parts.ts';
import { deadlineMs } from './overload/traffic.ts';

const parts: Readonly<Record<string, Part>> = { goodput, critical, recovery, storm };

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: Object.keys(parts).join(',') },
      'row-ms': { type: 'string', default: '8' },
      seconds: { type: 'string', default: '5' },
    },
  });
  const names = values.only.split(',');
  const unknown = names.find((name) => !(name in parts));
  if (unknown !== undefined) {
    console.error(`bench overload: there is no ${unknown}: ${Object.keys(parts).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const rowMs = Number(values['row-ms']);
  const seconds = Number(values.seconds);
  const capacity = await measureCapacity({ rowMs, seconds });
  console.log(
    `A transfer takes ${rowMs} ms in the book: ${capacity}/s are posted; good is within ${deadlineMs} ms`,
  );
  for (const name of names) {
    console.log(`\n${name}\n\n${await parts[name]!({ rowMs, capacity, seconds })}`);
  }
}
