// A whole Atlas for a test: every role in this process, on free ports, on embedded or on real engines,
// reached as clients reach it: over HTTP and the hub.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubConnectionBuilder, LogLevel, type HubConnection } from '@microsoft/signalr';
import { createProcessContext } from '../src/platform/context.ts';
import type { DevelopmentClaims, DevelopmentKeys } from '../src/platform/development-keys.ts';
import { roleNames, type RoleName } from '../src/platform/role.ts';
import { readSettings } from '../src/platform/settings.ts';
import { startRoles } from '../src/roles.ts';
import { embeddedFolder } from './embedded-folder.ts';
import { kafka, postgres, redis } from './engines/index.ts';

export type Environment = Record<string, string>;

/** The engines of a column, as settings; they end with the stack. */
export type Column = readonly [
  name: string,
  settings: (stack: AsyncDisposableStack) => Promise<Environment>,
];

/** The same suite proves the same sentences on both. */
export const columns: readonly Column[] = [
  ['embedded engines', embeddedEngines],
  ['PostgreSQL, Kafka and Redis', realEngines],
];

/** For what depends on how updates reach the replicas. */
export const slots: Column = [
  'PostgreSQL, Kafka and Redis, updates by slots',
  async (stack) => ({ ...(await realEngines(stack)), REALTIME_FEED: 'slots' }),
];

async function embeddedEngines(stack: AsyncDisposableStack): Promise<Environment> {
  const { folder } = stack.use(await embeddedFolder());
  return { ATLAS_DATA: folder };
}

export async function realEngines(stack: AsyncDisposableStack): Promise<Environment> {
  const database = stack.use(await postgres());
  const cache = stack.use(await redis());
  const broker = await kafka();
  return {
    DATABASE_URL: database.url,
    REDIS: cache.url,
    KAFKA_BOOTSTRAP: broker.bootstrap,
    TOPIC_BALANCE_UPDATES: broker.name('balance-updates'),
    TOPIC_LEDGER_EVENTS: broker.name('ledger-events'),
    TOPIC_PARTITIONS: '3',
  };
}

export interface System extends AsyncDisposable {
  readonly urls: Readonly<Record<RoleName, string>>;
  token(claims?: Partial<DevelopmentClaims>): Promise<string>;
  /** A client of the gateway with this token. */
  client(claims?: Partial<DevelopmentClaims>): Promise<Client>;
}

/** What a test sends, and what came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // Bodies are whatever the server says; tests assert on them.
  // eslint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export async function startSystem(
  [, engines]: Column,
  environment: Environment = {},
  names: ReadonlySet<RoleName> = new Set(roleNames),
  consoleFolder?: string,
): Promise<System> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'atlas-system-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const settings = readSettings({
    ATLAS_DATA: folder,
    ATLAS_LOG_LEVEL: 'fatal',
    ...calm,
    ...freePorts,
    ...(await engines(stack)),
    ...environment,
  });
  const context = await createProcessContext(settings, { development: true });
  const roles = stack.use(await startRoles(context, { names, consoleFolder }));
  const urls = roles.urls as Record<RoleName, string>;
  const resources = stack.move();
  return {
    urls,
    token: (claims) => tokenOf(context.developmentKeys!, claims),
    client: async (claims) => new Client(urls, await tokenOf(context.developmentKeys!, claims)),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** A starved machine is no reason to refuse, unless a test is about that. */
export const calm: Environment = { LS_LOOP_LAG_MS: '60000' };

const freePorts = Object.fromEntries(
  roleNames.map((role) => [`ATLAS_${role.toUpperCase()}_PORT`, '0']),
);

export function tokenOf(
  keys: DevelopmentKeys,
  claims: Partial<DevelopmentClaims> = {},
): Promise<string> {
  return keys.sign({
    tenant: 'tnt_test',
    subject: 'tester',
    accounts: '*',
    scope: 'transfers balances accounts ops',
    ttlSeconds: 3_600,
    ...claims,
  });
}

export class Client {
  readonly #base: string;
  readonly #hub: string;
  readonly #token: string;

  constructor(urls: { readonly gateway: string }, token: string) {
    this.#base = urls.gateway;
    this.#hub = `${urls.gateway}/ws`;
    this.#token = token;
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await fetch(this.#base + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = text !== '' && /json/.test(response.headers.get('content-type') ?? '');
    const { status, headers: received } = response;
    return { status, headers: received, text, body: isJson ? JSON.parse(text) : undefined };
  }

  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer> {
    return this.send('GET', path, undefined, headers);
  }

  /** Opens an account in EUR; `minimumMinor` null has no lower limit. */
  open(accountId: string, minimumMinor: string | null = '0', currency = 'EUR'): Promise<Answer> {
    return this.send('PUT', `/ledger/accounts/${accountId}`, { currency, minimumMinor });
  }

  transfer(key: string, source: string, destination: string, minor: string | number, more = {}) {
    const body = {
      sourceAccountId: source,
      destinationAccountId: destination,
      minor,
      currency: 'EUR',
    };
    return this.send(
      'POST',
      '/payments/transfers',
      { ...body, ...more },
      { 'idempotency-key': key },
    );
  }

  balance(accountId: string): Promise<Answer> {
    return this.get(`/ledger/accounts/${accountId}/balance`);
  }

  /** An official client of the hub, not yet started. */
  hub(
    build: (builder: HubConnectionBuilder) => HubConnectionBuilder = (builder) => builder,
  ): HubConnection {
    const builder = new HubConnectionBuilder()
      .withUrl(this.#hub, { accessTokenFactory: () => this.#token })
      .configureLogging(LogLevel.None);
    return build(builder).build();
  }
}

/** Collects what arrives and lets a test await a state of it. */
export class Inbox<T> {
  readonly items: T[] = [];
  readonly #waiting = new Set<() => void>();

  readonly add = (item: T): void => {
    this.items.push(item);
    for (const check of this.#waiting) check();
  };

  async until(met: (items: readonly T[]) => boolean, what = 'the expected items'): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        reject(new Error(`waited 20 s for ${what}; got ${JSON.stringify(this.items.slice(-5))}`));
      }, 20_000);
      const check = (): void => {
        if (!met(this.items)) return;
        this.#waiting.delete(check);
        clearTimeout(timer);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }
}
