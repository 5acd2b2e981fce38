// `npm test [-- paths]`: runs the test files, each in a process of its own, on engines that they
// share, and ends with one line that people and machines can read.
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec, type TestEvent } from 'node:test/reporters';
import { finished } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { closingLine, countTests, type Counts } from './counts.ts';
import type { Program } from './engines/programs.ts';
import { offerEngines, sharedEngines, type SharedEngines } from './engines/shared.ts';
import { findTests, type TestFiles } from './files.ts';

const filesAtOnce = 2;
const testTimeoutMs = 60_000;
const faultTestTimeoutMs = 240_000;
const needed = [
  'postgres',
  'redis',
  'kafka',
  'chromium',
  'mobile',
  'signalrJava',
  'signalrPython',
] as const satisfies Program[];

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => interrupted.abort());
}
const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
await main(process.argv.slice(2));
console.log(closingLine(counts));
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;

async function main(filters: string[]): Promise<void> {
  await using engines = sharedEngines();
  const files = await findTests(filters);
  // A few files start what they need when they need it; all of them need everything.
  if (filters.length === 0 && !(await complete(engines, files))) return;
  await using offer = await offerEngines(engines);
  hideSettings();
  process.env['TEST_ENGINES'] = offer.url;
  // What one process has compiled, the hundreds after it load as it is.
  await using compiled = await mkdtempDisposable(join(tmpdir(), 'atlas-compiled-'));
  process.env['NODE_COMPILE_CACHE'] = compiled.path;
  const output = Readable.from(countTests(runAll(files), counts)).compose(new spec());
  output.pipe(process.stdout, { end: false });
  await finished(output);
}

async function* runAll({ rest, faults, alone }: TestFiles): AsyncGenerator<TestEvent> {
  yield* runFiles(rest, filesAtOnce, testTimeoutMs);
  yield* runFiles(faults, filesAtOnce, faultTestTimeoutMs);
  yield* runFiles(alone, 1, faultTestTimeoutMs);
}

async function* runFiles(
  files: string[],
  concurrency: number,
  timeout: number,
): AsyncGenerator<TestEvent> {
  if (files.length === 0 || interrupted.signal.aborted) return;
  const guard = import.meta.resolve('./guard.ts');
  const events: AsyncIterable<TestEvent> = run({
    files,
    concurrency,
    timeout,
    signal: interrupted.signal,
    execArgv: [`--import=${guard}`],
  });
  for await (const event of events) {
    // node:test's own totals would stand beside ours, and differ.
    const totals = event.type === 'test:diagnostic' && event.data.file === undefined;
    if (!totals) yield event;
  }
}

/** Makes sure of all engines and of the empty book before the first test, so that a long installation meets no
 * test's timeout, and one line says what is missing instead of a hundred failures. */
async function complete(engines: SharedEngines, files: TestFiles): Promise<boolean> {
  const settings: Partial<Record<Program, string | undefined>> = {
    postgres: process.env['DATABASE_URL'],
    kafka: process.env['KAFKA_BOOTSTRAP'],
    redis: process.env['REDIS'],
  };
  for (const program of needed) {
    try {
      await engines.find(program);
    } catch (error) {
      console.error((error as Error).message);
      if (settings[program] === undefined) {
        counts.failed += 1;
      } else {
        // The engine that the setting names serves all but the tests that kill it.
        console.error(`skipping test/faults: no ${program} of its own to kill`);
        counts.skipped += files.faults.length + files.alone.length;
        files.faults = files.alone = [];
      }
    }
  }
  if (counts.failed > 0) return false;
  await engines.book();
  return true;
}

/** A test of Atlas starts it with settings of its own, not with those of whoever runs the tests. */
function hideSettings(): void {
  const ours = /^(DATABASE_URL|REDIS|(ATLAS|LS|KAFKA|TOPIC|AUTH|CORS|CACHE|REALTIME)_.*|\w+_URL)$/;
  for (const name of Object.keys(process.env)) if (ours.test(name)) delete process.env[name];
}
