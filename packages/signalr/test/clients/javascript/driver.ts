/**
 * The official JavaScript client under the script, in Node and, with its types stripped, in a page:
 * so it imports nothing and is given the libraries.
 */
import type * as SignalR from '@microsoft/signalr';
import type { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import type { Command, StartOptions } from '../command.ts';

export interface Libraries {
  signalR: typeof SignalR;
  messagePack: { MessagePackHubProtocol: typeof MessagePackHubProtocol };
}

type Run = (client: string, command: Command) => Promise<unknown>;

export function createDriver(libraries: Libraries): Run {
  const clients = new Map<string, Client>();
  return async (name, command) => {
    if (command.do === 'start') {
      const client = createClient(libraries, command);
      clients.set(name, client);
      await client.connection.start();
      return client.connection.connectionId;
    }
    return unpackBinary(await carryOut(clients.get(name)!, command));
  };
}

interface Client {
  signalR: typeof SignalR;
  connection: SignalR.HubConnection;
  pushes: unknown[][];
  returns: number;
  closed: { words: string | null } | undefined;
  /** Called when something has changed that a command may wait for. */
  changed: Set<() => void>;
}

function createClient({ signalR, messagePack }: Libraries, options: StartOptions): Client {
  const { url, transport, token, skipNegotiation = false } = options;
  const builder = new signalR.HubConnectionBuilder()
    .withUrl(url, {
      transport: signalR.HttpTransportType[transport],
      skipNegotiation,
      ...(token !== undefined && { accessTokenFactory: () => token }),
    })
    .withHubProtocol(
      options.protocol === 'json'
        ? new signalR.JsonHubProtocol()
        : new messagePack.MessagePackHubProtocol(),
    )
    .withAutomaticReconnect(Array.from({ length: 20 }, (_, attempt) => 10 * attempt))
    .withKeepAliveInterval(options.keepAliveMs)
    .withServerTimeout(options.serverTimeoutMs)
    .configureLogging(signalR.LogLevel.None);
  if (options.statefulReconnect) builder.withStatefulReconnect();
  const connection = builder.build();
  const changed = new Set<() => void>();
  const client: Client = {
    signalR,
    connection,
    pushes: [],
    returns: 0,
    closed: undefined,
    changed,
  };
  const tell = () => changed.forEach((look) => look());
  connection.on('pushed', (...args: unknown[]) => {
    client.pushes.push(args);
    tell();
  });
  connection.on('ask', (question: string) => {
    if (question === 'fail') throw new Error('no answer');
    return `${question}?`;
  });
  connection.onreconnected(() => {
    client.returns += 1;
    tell();
  });
  connection.onclose((error) => {
    client.closed = { words: error?.message ?? null };
    tell();
  });
  return client;
}

async function carryOut(client: Client, command: Exclude<Command, { do: 'start' }>) {
  const { connection } = client;
  switch (command.do) {
    case 'invoke':
      return connection.invoke<unknown>(command.target, ...command.args.map(packBinary));
    case 'send':
      return connection.send(command.target, ...command.args);
    case 'stream':
      return receive(connection.stream<unknown>(command.target, ...command.args), command.take);
    case 'upload':
      return upload(client, command);
    case 'pushes':
      await until(client, () => client.pushes.length >= command.count);
      return client.pushes.slice(0, command.count);
    case 'reconnected':
      await until(client, () => client.returns >= command.times);
      return connection.connectionId;
    case 'closed':
      await until(client, () => client.closed !== undefined);
      return client.closed!.words;
    case 'stop':
      return connection.stop();
  }
}

async function until({ changed }: Client, holds: () => boolean): Promise<void> {
  if (holds()) return;
  await new Promise<void>((resolve) => {
    const look = () => {
      if (!holds()) return;
      changed.delete(look);
      resolve();
    };
    changed.add(look);
  });
}

function receive(stream: SignalR.IStreamResult<unknown>, take = Infinity): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const items: unknown[] = [];
    const subscription = stream.subscribe({
      next(item) {
        items.push(item);
        if (items.length < take) return;
        subscription.dispose();
        resolve(items);
      },
      complete: () => resolve(items),
      error: reject,
    });
  });
}

async function upload(client: Client, { target, items }: Extract<Command, { do: 'upload' }>) {
  const subject = new client.signalR.Subject<unknown>();
  const result = client.connection.invoke<unknown>(target, subject);
  for (const item of items) subject.next(item);
  subject.complete();
  return result;
}

function packBinary(value: unknown): unknown {
  if (!isObject(value) || !('$binary' in value)) return value;
  return Uint8Array.from(atob(value.$binary as string), (char) => char.codePointAt(0)!);
}

function unpackBinary(value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return value;
  return { $binary: btoa(String.fromCodePoint(...value)) };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
