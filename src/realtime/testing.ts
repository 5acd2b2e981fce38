// What the tests of this folder share: the realtime role on a free port with the embedded event log, a
// book in memory that answers the caller's token and can be held up, and official SignalR clients.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type HubConnection,
  HttpTransportType,
  HubConnectionBuilder,
  JsonHubProtocol,
  LogLevel,
} from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { balanceBody, type Balance, type BalanceReader } from '../contracts/balances.ts';
import { hubEvents, type BalanceUpdate, type SubscriptionConfirmed } from '../contracts/hub.ts';
import { ProblemError } from '../contracts/problems.ts';
import type { BalanceFeed, TransferEvents } from '../engines/event-log.ts';
import { createOutboxFeed } from '../engines/outbox-feed.ts';
import { createProcessContext, type ProcessContext } from '../platform/context.ts';
import { readSettings } from '../platform/settings.ts';
import { startRealtime } from './index.ts';

export const protocols = { json: JsonHubProtocol, messagepack: MessagePackHubProtocol };
export type ProtocolName = keyof typeof protocols;

/** Balances by tenant and account, and how reading them goes. */
export class MemoryBook implements BalanceReader {
  readonly #balances = new Map<string, Balance>();
  readonly #context: ProcessContext;
  reads = 0;
  /** Reads answer what the book had when they began, after this. */
  hold: Promise<void> = Promise.resolve();
  /** The next reads fail with this. */
  failure: Error | undefined;

  constructor(context: ProcessContext) {
    this.#context = context;
  }

  /** The account at its next version. */
  change(tenant: string, accountId: string): Balance {
    const known = this.#balances.get(`${tenant} ${accountId}`);
    const version = (known?.version ?? 0) + 1;
    const balance: Balance = {
      tenant,
      accountId,
      currency: 'NGN',
      bookedMinor: BigInt(version) * 9_007_199_254_740_993n,
      pendingMinor: 0n,
      version,
      updatedAt: new Date().toISOString(),
    };
    this.#balances.set(`${tenant} ${accountId}`, balance);
    return balance;
  }

  async read(token: string, accountId: string): Promise<Balance> {
    this.reads += 1;
    const { tenant } = await this.#context.verifier.verify(token);
    const balance = this.#balances.get(`${tenant} ${accountId}`);
    await this.hold;
    if (this.failure !== undefined) throw this.failure;
    if (balance === undefined) throw new ProblemError('account_not_found', 'No such account.');
    return balance;
  }
}

/** The events of a transfer that changed these two balances. */
export function transferOf(source: Balance, destination: Balance): TransferEvents {
  const entryId = `entry-${source.accountId}-${source.version}`;
  const event = (balance: Balance) => ({
    ...balanceBody(balance),
    tenant: balance.tenant,
    entryId,
  });
  return {
    outboxId: 0n,
    balances: [event(source), event(destination)],
    ledger: {} as TransferEvents['ledger'],
  };
}

export type RealtimeFixture = Awaited<ReturnType<typeof realtimeFixture>>;

/** A realtime role on the given event log, or on the embedded one; dispose it. */
export async function realtimeFixture({
  environment = {},
  feed,
}: { environment?: Record<string, string>; feed?: BalanceFeed } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'atlas-realtime-'));
  const settings = readSettings({
    ATLAS_DATA: folder,
    ATLAS_REALTIME_PORT: '0',
    ATLAS_LOG_LEVEL: 'silent',
    CORS_ORIGINS: 'https://console.example',
    ...environment,
  });
  const context = await createProcessContext(settings, { development: true });
  const log = createOutboxFeed();
  const book = new MemoryBook(context);
  const role = await startRealtime(context, { feed: feed ?? log, balances: book });
  const clients = new Set<HubConnection>();

  return {
    context,
    book,
    log,
    role,
    hubUrl: `${role.url}/ws`,
    /** Changes two accounts and publishes it: what a posted transfer does. */
    async transfer(source: string, destination: string, tenant = 'tnt_demo') {
      const transfer = transferOf(book.change(tenant, source), book.change(tenant, destination));
      await log.publish([transfer]);
      return transfer;
    },
    token: (
      claims: Partial<Parameters<NonNullable<typeof context.developmentKeys>['sign']>[0]> = {},
    ) =>
      context.developmentKeys!.sign({
        tenant: 'tnt_demo',
        subject: 'ada',
        accounts: '*',
        scope: 'balances',
        ttlSeconds: 600,
        ...claims,
      }),
    /** An official client, connected. */
    async connect(token: string, protocol: ProtocolName = 'json'): Promise<Listener> {
      const client = new HubConnectionBuilder()
        .withUrl(`${role.url}/ws`, {
          transport: HttpTransportType.WebSockets,
          accessTokenFactory: () => token,
        })
        .withHubProtocol(new protocols[protocol]())
        .configureLogging(LogLevel.None)
        .build();
      const listener = listen(client);
      await client.start();
      clients.add(client);
      return listener;
    },
    metrics: async () => (await fetch(`${role.url}/metrics`)).text(),
    async [Symbol.asyncDispose]() {
      await Promise.all([...clients].map((client) => client.stop()));
      await role[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface Listener {
  readonly client: HubConnection;
  /** All messages in the order they came. */
  readonly heard: (
    | { event: 'subscriptionConfirmed'; body: SubscriptionConfirmed }
    | { event: 'balanceUpdate'; body: BalanceUpdate }
  )[];
  versions(accountId: string): number[];
  /** Resolves when the condition holds after a message. */
  until(condition: () => boolean): Promise<void>;
  /** What the client is told when its connection ends. */
  readonly closed: Promise<Error | undefined>;
}

function listen(client: HubConnection): Listener {
  const heard: Listener['heard'] = [];
  const looks = new Set<() => void>();
  const hear = (message: Listener['heard'][number]) => {
    heard.push(message);
    for (const look of looks) look();
  };
  client.on(hubEvents.subscriptionConfirmed, (body: SubscriptionConfirmed) =>
    hear({ event: 'subscriptionConfirmed', body }),
  );
  client.on(hubEvents.balanceUpdate, (body: BalanceUpdate) =>
    hear({ event: 'balanceUpdate', body }),
  );
  return {
    client,
    heard,
    versions: (accountId) =>
      heard
        .filter(({ event, body }) => event === 'balanceUpdate' && body.accountId === accountId)
        .map(({ body }) => body.version),
    until: (condition) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!condition()) return;
          looks.delete(look);
          resolve();
        };
        looks.add(look);
        look();
      }),
    closed: new Promise((resolve) => {
      client.onclose(resolve);
    }),
  };
}
