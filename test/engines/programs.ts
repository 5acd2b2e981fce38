// Finds the programs that the engines consist of. What is missing is installed where that is safe to
// do unasked (Debian, as root), and otherwise named in one line together with what to provide.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, constants, mkdtemp, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { canInstall, install } from './install.ts';

const run = promisify(execFile);
const pom = join(import.meta.dirname, 'kafka', 'pom.xml');

export type Program = keyof typeof programs;

export interface Programs {
  /** Path of the program; of a folder for postgres (its bin) and kafka (its jars). */
  find: (program: Program) => Promise<string>;
}

const programs = {
  postgres: {
    find: findPostgres,
    packages: ['postgresql'],
    provide: 'PostgreSQL 15 or later: put its initdb and postgres on the PATH',
  },
  redis: {
    find: () => onPath('redis-server', 'valkey-server'),
    packages: ['redis-server'],
    provide: 'Redis 7 or later: put redis-server on the PATH',
  },
  java: {
    find: findJava,
    packages: ['default-jre-headless'],
    provide: 'Java 17 or later: put java on the PATH',
  },
  maven: {
    find: () => onPath('mvn'),
    packages: ['maven'],
    provide: "Apache Maven, which fetches Kafka's jars: put mvn on the PATH",
  },
  kafka: { find: findKafka, packages: [], provide: "Apache Kafka's jars: run mvn once online" },
  openssl: {
    find: () => onPath('openssl'),
    packages: ['openssl'],
    provide: 'OpenSSL 3 or later: put openssl on the PATH',
  },
  chromium: {
    find: () => onPath('chromium', 'chromium-browser', 'google-chrome', ...chromeElsewhere),
    packages: ['chromium'],
    provide: 'Chromium or Chrome: put chromium on the PATH',
  },
} satisfies Record<
  string,
  { find: () => Promise<string | undefined>; packages: string[]; provide: string }
>;

const chromeElsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Finds each program once; several that ask meanwhile share the search and the installation. */
export function localPrograms(): Programs {
  const found = new Map<Program, Promise<string>>();
  return {
    find: (program) => {
      const path = found.get(program) ?? findOrInstall(program);
      found.set(program, path);
      return path;
    },
  };
}

async function findOrInstall(program: Program): Promise<string> {
  const { find, packages, provide } = programs[program];
  const present = await find();
  if (present !== undefined) return present;
  if (packages.length > 0 && (await canInstall())) {
    await install(packages);
    const installed = await find();
    if (installed !== undefined) return installed;
  }
  throw new Error(`the tests need ${provide}`);
}

async function findPostgres(): Promise<string | undefined> {
  const debian = '/usr/lib/postgresql';
  const versions = (await readdir(debian).catch(() => [])).map(Number).sort((a, b) => b - a);
  const folders = versions.map((version) => join(debian, `${version}`, 'bin'));
  const first = await onPath('initdb');
  for (const folder of first ? [...folders, dirname(first)] : folders) {
    const version = await run(join(folder, 'postgres'), ['--version']).catch(() => undefined);
    if (Number(/ (\d+)/.exec(version?.stdout ?? '')?.[1] ?? 0) >= 15) return folder;
  }
  return undefined;
}

async function findJava(): Promise<string | undefined> {
  const home = process.env['JAVA_HOME'];
  const java = await onPath(...(home ? [join(home, 'bin', 'java')] : []), 'java');
  if (java === undefined) return undefined;
  const { stderr } = await run(java, ['-version']);
  return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0) >= 17 ? java : undefined;
}

/** The jars of kafka/pom.xml, fetched once per machine and version. */
async function findKafka(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(pom));
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'atlas');
  const jars = join(cache, `kafka-${hash.digest('hex').slice(0, 12)}`);
  if (await exists(jars)) return jars;
  await findOrInstall('java');
  const mvn = await findOrInstall('maven');
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(`${jars}-`);
  console.log('# fetching Apache Kafka by Maven (about 55 MB, once)');
  try {
    await run(
      mvn,
      ['-q', '-B', '-f', pom, 'dependency:copy-dependencies'].concat([
        '-DincludeScope=runtime',
        `-DoutputDirectory=${partial}`,
      ]),
    );
    await rename(partial, jars).catch(async (error: unknown) => {
      // Another process was faster.
      if (!(await exists(jars))) throw error;
    });
  } catch (error) {
    const { stdout = '', message } = error as { stdout?: string; message: string };
    throw new Error(`Maven could not fetch Apache Kafka: ${stdout.trim() || message}`, {
      cause: error,
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return jars;
}

/** The first of the names that is an executable on the PATH (or is itself the path of one). */
async function onPath(...names: string[]): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  for (const name of names) {
    const places = /[/\\]/.test(name)
      ? [name]
      : folders.map((folder) => join(folder, name + suffix));
    for (const place of places) if (await exists(place, constants.X_OK)) return place;
  }
  return undefined;
}

async function exists(path: string, mode = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
