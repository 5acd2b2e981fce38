// The engines that all test files of a run share, the empty book that they copy and the console that they look
// at, because a Postgres, a Kafka and a build for each file would cost more than the tests: started on first
// use, by the runner when there is one (it tells its address in TEST_ENGINES), else by the process that asks.
// Settings that name engines come first.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { makeBook } from './book.ts';
import { buildConsole } from './console.ts';
import { startKafka } from './kafka.ts';
import { startPostgres } from './postgres.ts';
import { localPrograms, type Program, type Programs } from './programs.ts';

export interface SharedEngines extends Programs, AsyncDisposable {
  /** URL of a server on which databases may be made. */
  postgres(): Promise<string>;
  /** Bootstrap address of a broker on which topics may be made. */
  kafka(): Promise<string>;
  /** Address of the server that REDIS names; empty when each test has one of its own. */
  redis(): Promise<string>;
  /** The data folder of an empty embedded book. */
  book(): Promise<string>;
  /** The folder of the built console. */
  console(): Promise<string>;
}

export function sharedEngines(env: NodeJS.ProcessEnv = process.env): SharedEngines {
  return env['TEST_ENGINES'] ? runnersEngines(env['TEST_ENGINES']) : ownEngines({ ...env });
}

/** @param env a copy: settings that change later are not meant for the engines */
function ownEngines(env: NodeJS.ProcessEnv): SharedEngines {
  const programs = localPrograms();
  const started: Promise<AsyncDisposable>[] = [];
  const lazily = <T extends AsyncDisposable>(start: () => Promise<T>): (() => Promise<T>) => {
    let server: Promise<T> | undefined;
    return () => {
      if (!server) started.push((server = start()));
      return server;
    };
  };
  const postgres = lazily(() => startPostgres(programs));
  const kafka = lazily(() => startKafka(programs));
  const book = lazily(makeBook);
  const built = lazily(buildConsole);
  return {
    find: programs.find,
    postgres: async () => env['DATABASE_URL'] ?? (await postgres()).url,
    kafka: async () => env['KAFKA_BOOTSTRAP'] ?? (await kafka()).bootstrap,
    redis: async () => env['REDIS'] ?? '',
    book: async () => (await book()).folder,
    console: async () => (await built()).folder,
    [Symbol.asyncDispose]: async () => {
      for (const server of await Promise.allSettled(started)) {
        if (server.status === 'fulfilled') await server.value[Symbol.asyncDispose]();
      }
    },
  };
}

const shared = ['postgres', 'kafka', 'redis', 'book', 'console'] as const;

function isShared(what: string | undefined): what is (typeof shared)[number] {
  return (shared as readonly (string | undefined)[]).includes(what);
}

/** Offers the engines to other processes; the address is not to be guessed. */
export async function offerEngines(
  engines: SharedEngines,
): Promise<{ url: string } & AsyncDisposable> {
  const secret = randomUUID();
  const server = createServer((request, response) => {
    const [given, what, program] = (request.url ?? '').split('/').slice(1);
    if (given !== secret) {
      response.writeHead(404).end();
      return;
    }
    const answer = isShared(what) ? engines[what]() : engines.find(program as Program);
    answer.then(
      (value) => response.end(value),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  // An installation may take minutes.
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/${secret}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function runnersEngines(url: string): SharedEngines {
  const ask = async (path: string): Promise<string> => {
    const response = await fetch(`${url}/${path}`);
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  };
  return {
    find: (program) => ask(`program/${program}`),
    postgres: () => ask('postgres'),
    kafka: () => ask('kafka'),
    redis: () => ask('redis'),
    book: () => ask('book'),
    console: () => ask('console'),
    [Symbol.asyncDispose]: async () => {},
  };
}
