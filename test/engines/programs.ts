// Finds the programs that the engines consist of. What is missing is installed where that is safe to
// do unasked (Debian, as root), and otherwise named in one line together with what to provide.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, constants, mkdtemp, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { exportedApp } from '../mobile/expo.ts';
import { installedApp } from '../mobile/install.ts';
import { canInstall, install } from './install.ts';

const run = promisify(execFile);
const kafkaPom = join(import.meta.dirname, 'kafka', 'pom.xml');
const clients = join(import.meta.dirname, '..', '..', 'packages', 'signalr', 'test', 'clients');

export type Program = keyof typeof programs;

export interface Programs {
  /** Path of the program; of a folder for postgres (its bin) and for jars. */
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
    provide: 'Apache Maven, which fetches jars: put mvn on the PATH',
  },
  kafka: {
    find: () => findJars('kafka', kafkaPom),
    packages: [],
    provide: "Apache Kafka's jars: run mvn once online",
  },
  signalrJava: {
    find: () => findJars('signalr-java', join(clients, 'java', 'pom.xml')),
    packages: [],
    provide: "the Java client's jars: run mvn once online",
  },
  python: {
    find: findPython,
    packages: ['python3', 'python3-pip'],
    provide: 'Python 3.11 or later with pip: put python3 on the PATH',
  },
  signalrPython: {
    find: () => findPackages('signalr-python', join(clients, 'python', 'requirements.txt')),
    packages: [],
    provide: 'the Python clients: run pip once online',
  },
  prometheus: {
    find: () => onPath('prometheus'),
    packages: ['prometheus'],
    provide: 'Prometheus 2.42 or later: put prometheus on the PATH',
  },
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
  mobile: {
    find: installedApp,
    packages: [],
    provide: 'the packages of the phone app: run npm ci in apps/mobile once online',
  },
  mobileExport: {
    find: exportedApp,
    packages: [],
    provide: 'the packages of the phone app: run npm ci in apps/mobile once online',
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

/** The jars of the pom. */
async function findJars(name: string, pom: string): Promise<string> {
  return cached(name, pom, async (folder) => {
    await findOrInstall('java');
    return [await findOrInstall('maven'), '-q', '-B', '-f', pom].concat([
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${folder}`,
    ]);
  });
}

/** A Python with pip, which Debian packs apart from it; where there are several, the first that has. */
async function findPython(): Promise<string | undefined> {
  const needed = 'import pip, sys; assert sys.version_info >= (3, 11)';
  for (const name of ['python3', '/usr/bin/python3', 'python']) {
    const python = await onPath(name);
    if (python === undefined) continue;
    const has = run(python, ['-c', needed]).then(
      () => true,
      () => false,
    );
    if (await has) return python;
  }
  return undefined;
}

/** A folder with the Python packages of the requirements, which pin all that they need. */
async function findPackages(name: string, requirements: string): Promise<string> {
  return cached(name, requirements, async (folder) => {
    const python = await findOrInstall('python');
    return [python, '-m', 'pip', 'install', '-q', '--no-deps', '--target', folder].concat([
      '-r',
      requirements,
    ]);
  });
}

/** The folder that the command fills, once per machine and content of the file it goes by. */
async function cached(
  name: string,
  file: string,
  commandFor: (folder: string) => Promise<string[]>,
): Promise<string> {
  const hash = createHash('sha256').update(await readFile(file));
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'atlas');
  const folder = join(cache, `${name}-${hash.digest('hex').slice(0, 12)}`);
  if (await exists(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(`${folder}-`);
  console.log(`# fetching what ${relative(process.cwd(), file)} names (once)`);
  try {
    const [command = '', ...args] = await commandFor(partial);
    await run(command, args);
    await rename(partial, folder).catch(async (error: unknown) => {
      // Another process was faster.
      if (!(await exists(folder))) throw error;
    });
  } catch (error) {
    const { stdout = '', message } = error as { stdout?: string; message: string };
    throw new Error(`${file} could not be fetched: ${stdout.trim() || message}`, { cause: error });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return folder;
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
