import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after } from 'node:test';
import { promisify } from 'node:util';
import { program } from '../../../../../test/engines/index.ts';
import { testConformance } from '../conformance.ts';
import { startProgram } from '../program.ts';

const run = promisify(execFile);
const overtaking = 'its requests overtake one another';
const unordered = { uploads: overtaking, 'results of uploads': overtaking };
const compiler = 'org.eclipse.jdt.internal.compiler.batch.Main';

testConformance(
  {
    name: 'the official Java client',
    // Its MessagePack is not published where its JSON is.
    ways: [
      { transport: 'WebSockets', protocol: 'json' },
      { transport: 'LongPolling', protocol: 'json', lacks: unordered },
    ],
    lacks: {
      'null results': 'a Single is never null',
      reconnecting: 'its applications do that',
      'reconnecting when asked': 'its applications do that',
    },
  },
  startJava,
);

const compiled = compile();
after(async () => rm((await compiled).classes, { recursive: true, force: true }));

async function startJava() {
  const { java, classPath } = await compiled;
  return startProgram(java, ['-XX:TieredStopAtLevel=1', '-cp', classPath, 'Driver']);
}

async function compile() {
  const [java, jars] = await Promise.all([program('java'), program('signalrJava')]);
  const classes = await mkdtemp(join(tmpdir(), 'signalr-java-'));
  const classPath = [classes, join(jars, '*')].join(delimiter);
  const source = join(import.meta.dirname, 'Driver.java');
  const args = ['-17', '-nowarn', '-classpath', await listOf(jars), '-d', classes, source];
  await run(java, ['-cp', join(jars, '*'), compiler, ...args]);
  return { java, classes, classPath };
}

/** The compiler knows no wildcard. */
async function listOf(jars: string): Promise<string> {
  const names = await readdir(jars);
  return names.map((name) => join(jars, name)).join(delimiter);
}
