/** The official client, and a hub that knows its users by their tokens. */
import type { TestContext } from 'node:test';
import {
  type HubConnection as Client,
  HubConnectionBuilder,
  HttpTransportType,
  type IHubProtocol,
  type IStreamResult,
  LogLevel,
} from '@microsoft/signalr';
import { createHub, type HubOptions } from '@atlas/signalr';
import type { Served } from './serve.ts';

export interface User {
  name: string;
}

export function createUserHub(options: Partial<HubOptions<User>> = {}) {
  return createHub<User>({
    authenticate: ({ token }) =>
      token === undefined ? { status: 401 } : { identity: { name: token } },
    ...options,
  });
}

interface ClientOptions {
  url: string;
  protocol: IHubProtocol;
  token: () => string;
  negotiates?: boolean;
  transport?: HttpTransportType;
  stateful?: boolean;
}

/** The official client, stopped when the test ends. */
export function build(t: TestContext, options: ClientOptions): Client {
  const { url, protocol, token, negotiates = true } = options;
  const { transport = HttpTransportType.WebSockets, stateful = false } = options;
  const builder = new HubConnectionBuilder()
    .withUrl(url, {
      transport,
      skipNegotiation: !negotiates,
      accessTokenFactory: token,
    })
    .withHubProtocol(protocol)
    .withAutomaticReconnect([0, 0, 0])
    .configureLogging(LogLevel.None);
  if (stateful) builder.withStatefulReconnect();
  const client = builder.build();
  t.after(() => client.stop());
  return client;
}

export async function start(t: TestContext, { url }: Served, protocol: IHubProtocol, name = 'ada') {
  const client = build(t, { url, protocol, token: () => name });
  await client.start();
  return client;
}

export function closing(client: Client): Promise<Error | undefined> {
  return new Promise((resolve) => {
    client.onclose(resolve);
  });
}

export function returning(client: Client): Promise<string | undefined> {
  return new Promise((resolve) => {
    client.onreconnected(resolve);
  });
}

/** What comes of a stream until its end. */
export function read<Item>(
  stream: IStreamResult<Item>,
): Promise<{ items: Item[]; error?: string }> {
  const items: Item[] = [];
  return new Promise((resolve) => {
    stream.subscribe({
      next: (item) => items.push(item),
      complete: () => resolve({ items }),
      error: (error: Error) => resolve({ items, error: error.message }),
    });
  });
}
