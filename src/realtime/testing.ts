// What the tests of this folder share: the realtime role on a free port with the embedded event log, a
// book in memory that answers the caller's token and can be held up, a control plane in memory, and
// official SignalR clients.
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
import type {
  AuditRecord,
  ControlPlane,
  News,
  Node,
  Revocation,
  SeenNode,
} from '../contracts/control.ts';
import {
  hubEvents,
  type BalanceUpdate,
  type SubscriptionConfirmed,
  type SubscriptionEnded,
} from '../contracts/hub.ts';
import { ProblemError } from '../contracts/problems.ts';
import type { BalanceFeed, TransferEvents } from '../engines/event-log.ts';
import { createOutboxFeed } from '../engines/outbox-feed.ts';
import { createProcessContext, type ProcessContext } from '../platform/context.ts';
import type { feelPressure } from '../platform/pressure/own-pressure.ts';
import { readSettings } from '../platform/settings.ts';
import { calm } from '../platform/testing.ts';
import type { FairTurnsOptions } from './fair-turns.ts';
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

/** What replicas share, without a core. */
export class MemoryControl implements ControlPlane {
  readonly records: AuditRecord[] = [];
  readonly #revocations: Revocation[] = [];
  readonly #nodes = new Map<string, Node>();
  readonly #looks = new Set<() => void>();

  async revoke(revocation: Revocation, record: AuditRecord): Promise<void> {
    this.#revocations.push(revocation);
    await this.append([record]);
  }

  async news(cursor: number, nodes: readonly Node[] = []): Promise<News> {
    for (const node of nodes) this.#nodes.set(node.id, node);
    const revocations = this.#revocations.slice(cursor);
    return { revocations, ceiling: null, cursor: this.#revocations.length };
  }

  orderCeiling(): never {
    throw new Error('the hub has no ceiling');
  }

  async nodes(role: string): Promise<Node[]> {
    return [...this.#nodes.values()].filter((node) => node.role === role);
  }

  async seenNodes(): Promise<SeenNode[]> {
    return [...this.#nodes.values()].map((node) => ({ ...node, silentMs: 0 }));
  }

  async append(records: readonly AuditRecord[]): Promise<void> {
    this.records.push(...records);
    for (const look of this.#looks) look();
  }

  /** Resolves when the condition holds of what was recorded. */
  async until(condition: (records: readonly AuditRecord[]) => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = () => {
        if (!condition(this.records)) return;
        this.#looks.delete(look);
        resolve();
      };
      this.#looks.add(look);
      look();
    });
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
  control = new MemoryControl(),
  feel = calm,
  turns,
  nowMs,
}: {
  environment?: Record<string, string>;
  feed?: BalanceFeed;
  control?: MemoryControl;
  feel?: typeof feelPressure;
  turns?: FairTurnsOptions;
  nowMs?: () => number;
} = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'atlas-realtime-'));
  const settings = readSettings({
    ATLAS_DATA: folder,
    ATLAS_REALTIME_PORT: '0',
    ATLAS_LOG_LEVEL: 'silent',
    CORS_ORIGINS: 'https://console.example',
    ...environment,
  });
  const context = await createProcessContext(settings, { development: true });
  const connected = await context.control.connect(control);
  const log = createOutboxFeed();
  const book = new MemoryBook(context);
  const role = await startRealtime(context, {
    feed: feed ?? log,
    balances: book,
    feel,
    ...(turns === undefined ? {} : { turns }),
    ...(nowMs === undefined ? {} : { nowMs }),
  });
  const clients = new Set<HubConnection>();

  return {
    context,
    book,
    log,
    control,
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
    /** As DELETE /sessions/current does it. */
    async signOut(token: string) {
      const identity = await context.verifier.verify(token);
      const { tenant, subject } = identity;
      await context.control.signOut(identity, { tenant, subject, action: 'session.revoke' });
    },
    /** An official client, connected. */
    async connect(
      token: string,
      protocol: ProtocolName = 'json',
      transport = HttpTransportType.WebSockets,
    ): Promise<Listener> {
      const client = new HubConnectionBuilder()
        .withUrl(`${role.url}/ws`, {
          transport,
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
      await connected[Symbol.asyncDispose]();
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
  readonly ended: SubscriptionEnded[];
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
  const ended: Listener['ended'] = [];
  client.on(hubEvents.subscriptionEnded, (body: SubscriptionEnded) => ended.push(body));
  return {
    client,
    heard,
    ended,
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
