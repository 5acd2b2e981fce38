// What it costs to bring updates to 1,000 screens, beside a C send() floor and a bare loop over
// pre-encoded ws frames. Options: --only cost,half,idle,deaf,storm,way --seconds 2 --rounds 5.
import { parseArgs } from 'node:util';
import { CannotRun } from './fanout/compile.ts';
import { cost } from './fanout/cost.ts';
import { deafClients } from './fanout/deaf.ts';
import { half } from './fanout/half.ts';
import { idle } from './fanout/idle.ts';
import { preparePlace, type Place } from './fanout/place.ts';
import { storm } from './fanout/storm.ts';
import { run as way } from './way.bench.ts';

export interface FanOutOptions {
  readonly rounds: number;
  readonly ms: number;
}

const parts: Readonly<Record<string, (place: Place, options: FanOutOptions) => Promise<string>>> = {
  cost,
  half,
  idle,
  deaf: deafClients,
  storm,
  // From the acknowledgement to the screen, through real Kafka: a benchmark of its own.
  async way(_place, { rounds, ms }) {
    await way(['--rounds', String(rounds), '--seconds', String(ms / 1_000)]);
    return '';
  },
};

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: Object.keys(parts).join(',') },
      seconds: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '5' },
    },
  });
  const options = { rounds: Number(values.rounds), ms: Number(values.seconds) * 1_000 };
  try {
    await runParts(values.only.split(','), options);
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error;
    console.error(`bench fanout: ${error.message}`);
    process.exitCode = 2;
  }
}

async function runParts(names: readonly string[], options: FanOutOptions): Promise<void> {
  const unknown = names.find((name) => !(name in parts));
  if (unknown !== undefined) {
    throw new CannotRun(`there is no part ${unknown}; there are: ${Object.keys(parts).join(', ')}`);
  }
  await using place = await preparePlace();
  for (const name of names) console.log(`\n${name}\n\n${await parts[name]!(place, options)}`);
}
