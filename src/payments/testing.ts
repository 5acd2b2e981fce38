// What the tests of this folder share: the payments role on a free port, and a core in memory that
// decides by the rules of the book and can be held up, so that a test can look while work is under way.
import { randomUUID } from 'node:crypto';
import type { OpenAccountOutcome, OpenAccountRequest } from '../contracts/accounts.ts';
import type { Core } from '../contracts/core.ts';
import type { TransferReader, TransfersFound, TransfersQuery } from '../contracts/transfer-list.ts';
import type { StoredTransfer, TransferOutcome, TransferRequest } from '../contracts/transfers.ts';
import { fingerprintOf } from '../core/fingerprint.ts';
import { decide, nameOf, type AccountState, type EarlierDecision } from '../core/rules.ts';
import { calm, testContext, type Settings } from '../platform/testing.ts';
import { startPayments } from './index.ts';
import type { LoadSheddingStats } from './shedding/load-shedding-stats.ts';

export class MemoryCore implements Core {
  /** The sizes of the groups that were handed over. */
  readonly groups: number[] = [];
  /** Posts wait for this. */
  hold: Promise<void> = Promise.resolve();
  /** The next posts fail with this. */
  failure: Error | undefined;
  /** What the next posts come to, instead of what the rules say. */
  outcome: TransferOutcome | undefined;
  readonly requests: TransferRequest[] = [];
  waitMsNow = 0;
  readonly #accounts = new Map<string, AccountState>();
  readonly #earlier = new Map<string, EarlierDecision>();
  readonly #stored = new Map<string, StoredTransfer>();

  constructor() {
    for (const accountId of ['bank', 'alice', 'bob']) this.open('tnt_demo', accountId);
  }

  open(tenant: string, accountId: string): void {
    this.#accounts.set(nameOf(tenant, accountId), {
      id: BigInt(this.#accounts.size + 1),
      tenant,
      accountId,
      currency: 'EUR',
      minimumMinor: accountId === 'bank' ? null : 0n,
      bookedMinor: 0n,
      pendingMinor: 0n,
      version: 0,
    });
  }

  async post(requests: readonly TransferRequest[]): Promise<TransferOutcome[]> {
    this.groups.push(requests.length);
    await this.hold;
    this.requests.push(...requests);
    if (this.failure !== undefined) throw this.failure;
    if (this.outcome !== undefined) return requests.map(() => this.outcome!);
    const submissions = requests.map((request) => ({
      request,
      entryId: randomUUID(),
      fingerprint: fingerprintOf(request),
    }));
    const accounts = this.#accounts.values();
    const now = new Date().toISOString();
    const { outcomes, decisions, changed } = decide(accounts, this.#earlier, submissions, now);
    for (const account of changed) {
      this.#accounts.set(nameOf(account.tenant, account.accountId), account);
    }
    for (const { submission, outcome } of decisions) {
      const { request, entryId, fingerprint } = submission;
      const key = nameOf(request.tenant, request.key);
      this.#earlier.set(key, { entryId, fingerprint, outcome });
      this.#stored.set(key, { request, outcome });
      if (outcome.status === 'posted') {
        this.#stored.set(nameOf(request.tenant, entryId), { request, outcome });
      }
    }
    return [...outcomes];
  }

  async find(
    tenant: string,
    by: { readonly entryId: string } | { readonly key: string },
  ): Promise<StoredTransfer | undefined> {
    return this.#stored.get(nameOf(tenant, 'key' in by ? by.key : by.entryId));
  }

  waitMs(): number {
    return this.waitMsNow;
  }

  openAccount(_request: OpenAccountRequest): Promise<OpenAccountOutcome> {
    throw new Error('payments opens no accounts');
  }
}

/** The ledger's lists: remembers what it was asked for, and answers what it was told to. */
export class RecordedLists implements TransferReader {
  readonly asked: TransfersQuery[] = [];
  found: TransfersFound = { items: [], next: undefined };

  async list(query: TransfersQuery): Promise<TransfersFound> {
    this.asked.push(query);
    return this.found;
  }
}

export async function testPayments(settings: Settings = {}, feel = calm) {
  await using started = new AsyncDisposableStack();
  const { context, token } = started.use(await testContext(settings));
  const core = new MemoryCore();
  const transfers = new RecordedLists();
  const payments = started.use(await startPayments(context, { core, transfers, feel }));
  const everything = await token();
  let keys = 0;

  const send = (method: string, path: string, body?: unknown, headers: Settings = {}) =>
    fetch(payments.url + path, {
      method,
      headers: {
        authorization: `Bearer ${everything}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const resources = started.move();
  return {
    core,
    transfers,
    token,
    url: payments.url,
    send,
    get: (path: string, headers: Settings = {}) => send('GET', path, undefined, headers),
    transfer: (body: object, headers: Settings = {}) =>
      send('POST', '/payments/transfers', body, {
        'idempotency-key': `key-${(keys += 1)}`,
        ...headers,
      }),
    batch: (transfers: object[], headers: Settings = {}) =>
      send('POST', '/payments/transfers/batch', { transfers }, headers),
    stats: async () =>
      (await send('GET', '/payments/load-shedding/stats')).json() as Promise<LoadSheddingStats>,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

export const someTransfer = {
  sourceAccountId: 'bank',
  destinationAccountId: 'alice',
  minor: '100',
  currency: 'EUR',
};

/** Waits until it is so; asks again after each turn of the event loop. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate);
}
