// A ledger over a real book for its tests, with the core's own functions behind it, and a token at hand.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Book } from '../../test/books.ts';
import type { BalanceReader } from '../contracts/balances.ts';
import type { TransferOutcome } from '../contracts/transfers.ts';
import { openAccount, openingBalance } from '../core/accounts.ts';
import { fingerprintOf } from '../core/fingerprint.ts';
import { postBatch } from '../core/post-batch.ts';
import { createMemoryCache } from '../engines/memory-cache.ts';
import type { BalanceCache, BalancePublisher } from '../engines/balance-cache.ts';
import type { Database } from '../engines/database.ts';
import { createProcessContext } from '../platform/context.ts';
import type { DevelopmentClaims } from '../platform/development-keys.ts';
import type { feelPressure } from '../platform/pressure/own-pressure.ts';
import { readSettings } from '../platform/settings.ts';
import { calm } from '../platform/testing.ts';
import { startLedger } from './index.ts';

export interface TestLedger extends AsyncDisposable {
  readonly url: string;
  readonly balances: BalanceReader;
  /** A tenant that has no accounts yet, so that tests can share a ledger. */
  tenant(): TestTenant;
}

export interface TestTenant {
  readonly name: string;
  token(claims?: Partial<DevelopmentClaims>): Promise<string>;
  /** With a token of this tenant for every account and scope, unless `claims` say otherwise. */
  get(
    path: string,
    options?: { claims?: Partial<DevelopmentClaims>; headers?: Record<string, string> },
  ): Promise<Answer>;
  put(path: string, body: unknown, claims?: Partial<DevelopmentClaims>): Promise<Answer>;
  /** Opens an account without a lower limit. */
  open(accountId: string): Promise<Answer>;
  /** Posts as the core does; published and so acknowledged when it resolves. */
  pay(source: string, destination: string, minor: bigint): Promise<TransferOutcome>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Bodies are whatever the server says; tests assert on them.
  // eslint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface TestEngines {
  readonly database?: (book: Database) => Database;
  /** Else one in memory. */
  readonly cache?: () => BalanceCache;
  readonly publisher?: BalancePublisher;
  readonly settings?: Readonly<Record<string, string>>;
  /** Else a calm process. */
  readonly feel?: typeof feelPressure;
}

export async function testLedger(
  open: () => Promise<Book>,
  engines: TestEngines = {},
): Promise<TestLedger> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.adopt(await mkdtemp(join(tmpdir(), 'atlas-ledger-')), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const settings = readSettings({
    ATLAS_DATA: folder,
    ATLAS_LEDGER_PORT: '0',
    ATLAS_LOG_LEVEL: 'silent',
    ...engines.settings,
  });
  const context = await createProcessContext(settings, { development: true });
  const { database } = stack.use(await open());
  const memory = createMemoryCache(1_000);
  const cache = stack.use(engines.cache?.() ?? memory.cache);
  const { publisher = memory.publisher } = engines;
  const writerId = randomUUID();
  await database.query('insert into cache_writers (id) values ($1)', [writerId]);
  const writing = { database, writerId, now: () => new Date() };
  const ledger = stack.use(
    await startLedger(context, {
      database: engines.database?.(database) ?? database,
      cache,
      feel: engines.feel ?? calm,
      core: {
        async openAccount(request) {
          const outcome = await openAccount(writing, request);
          await publisher.publish([openingBalance(outcome.account)]);
          return outcome;
        },
      },
    }),
  );
  const resources = stack.move();
  return {
    url: ledger.url,
    balances: ledger.balances,
    tenant: () => {
      const name = `tnt_${randomUUID()}`;
      const token = (claims: Partial<DevelopmentClaims> = {}) =>
        context.developmentKeys!.sign({ ...allRights, tenant: name, ...claims });
      const client = createClient(ledger.url, token);
      return {
        name,
        token,
        ...client,
        pay: payer({ tenant: name, database, publisher, writerId }),
      };
    },
    [Symbol.asyncDispose]: async () => resources.disposeAsync(),
  };
}

type Client = Pick<TestTenant, 'get' | 'put' | 'open'>;

function createClient(url: string, token: TestTenant['token']): Client {
  const send = async (path: string, init: RequestInit, claims?: Partial<DevelopmentClaims>) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${await token(claims)}`);
    const response = await fetch(url + path, { ...init, headers });
    const text = await response.text();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    return { status: response.status, headers: response.headers, body };
  };
  const put: Client['put'] = (path, body, claims) => {
    const headers = { 'content-type': 'application/json' };
    return send(path, { method: 'PUT', body: JSON.stringify(body), headers }, claims);
  };
  return {
    get: (path, { claims, headers = {} } = {}) => send(path, { headers }, claims),
    put,
    open: (accountId) =>
      put(`/ledger/accounts/${accountId}`, { currency: 'EUR', minimumMinor: null }),
  };
}

interface PayerOptions {
  readonly tenant: string;
  readonly database: Database;
  readonly publisher: BalancePublisher;
  readonly writerId: string;
}

function payer({ tenant, database, publisher, writerId }: PayerOptions): TestTenant['pay'] {
  return async (source, destination, amountMinor) => {
    const request = {
      tenant,
      key: randomUUID(),
      subject: 'test',
      source,
      destination,
      amountMinor,
      currency: 'EUR',
      narration: `from ${source}`,
    };
    const posted = await postBatch({ database, writerId, now: () => new Date() }, [
      { request, entryId: randomUUID(), fingerprint: fingerprintOf(request) },
    ]);
    await publisher.publish(posted.balances);
    return posted.outcomes[0]!;
  };
}

export function assertProblem(answer: Answer, status: number, code: string): void {
  assert.equal(`${answer.status} ${answer.body?.code}`, `${status} ${code}`, answer.body?.detail);
  assert.match(answer.headers.get('content-type')!, /^application\/problem\+json/);
}

const allRights: DevelopmentClaims = {
  tenant: '',
  subject: 'test',
  accounts: '*',
  scope: 'transfers balances accounts ops',
  ttlSeconds: 600,
};
