// The hub at /ws through the official SignalR client, reduced to what live balances need. Its protocol
// notes when the server was last heard, pings included and whatever the transport: a balance that was
// live is known to have been current up to that moment. It also notes why the server closed, which
// SignalR's own client does not pass on whole. Each start makes a new connection, so that one that
// hangs is left behind and not waited for.
import {
  HubConnectionBuilder,
  JsonHubProtocol,
  LogLevel,
  MessageType,
  type HubConnection,
  type IHubProtocol,
} from '@microsoft/signalr';
import { limits } from '../limits.ts';
import type { Tokens } from '../tokens.ts';

/** Why a connection is gone, or did not come to be. */
export interface Loss {
  /** The server's code, `closed` where it gave none, `unreachable`, or `intercepted`: not Atlas answered. */
  readonly code: string;
  readonly message: string;
  /** The server does not want this client back as it is. */
  readonly final: boolean;
}

export interface Hub {
  /** Resolves to why it is not connected, or to nothing when it is. */
  start(): Promise<Loss | undefined>;
  /** Leaves the connection, standing or not; its loss is not told. */
  stop(): void;
  /** The loss of a connection that stood. */
  onLost(handler: (loss: Loss) => void): void;
  on(event: string, handler: (value: unknown) => void): void;
  /** @throws Error whose text begins with the server's code */
  invoke(method: string, argument: unknown): Promise<unknown>;
  /** When the server last sent anything. */
  heardAtMs(): number | undefined;
  /** What the connection was opened with. */
  token(): string | undefined;
}

export interface HubOptions {
  readonly url: string;
  readonly tokens: Tokens;
  /** How messages are written; JSON unless given. */
  readonly protocol?: IHubProtocol | undefined;
  readonly now: () => number;
}

export function signalrHub({ url, tokens, protocol, now }: HubOptions): Hub {
  const handlers = new Map<string, (value: unknown) => void>();
  let onLost: (loss: Loss) => void = () => undefined;
  let current: HubConnection | undefined;
  let heardAtMs: number | undefined;
  let closed: Loss | undefined;
  let token: string | undefined;
  let refusedToken: string | undefined;

  function listening(inner: IHubProtocol): IHubProtocol {
    return {
      name: inner.name,
      version: inner.version,
      transferFormat: inner.transferFormat,
      writeMessage: (message) => inner.writeMessage(message),
      parseMessages(input, logger) {
        heardAtMs = now();
        const messages = inner.parseMessages(input, logger);
        for (const message of messages) {
          if (message.type === MessageType.Close) closed = lossOf(message);
        }
        return messages;
      },
    };
  }

  function connectionWith(token: string): HubConnection {
    const connection = new HubConnectionBuilder()
      .withUrl(url, {
        accessTokenFactory: () => token,
        timeout: limits.negotiateMs,
        withCredentials: false,
      })
      .withHubProtocol(listening(protocol ?? new JsonHubProtocol()))
      .withStatefulReconnect()
      // Losses are told as values; the host's console is kept for faults.
      .configureLogging(LogLevel.None)
      .build();
    for (const [event, handler] of handlers) {
      connection.on(event, (value: unknown) => {
        if (connection === current) handler(value);
      });
    }
    connection.onclose((error) => {
      if (connection !== current) return;
      current = undefined;
      onLost(closed ?? { code: 'unreachable', message: error?.message ?? '', final: false });
    });
    return connection;
  }

  function stop(): void {
    const left = current;
    current = undefined;
    // One that fails to stop has lost its connection already.
    left?.stop().catch(() => undefined);
  }

  return {
    async start() {
      stop();
      closed = undefined;
      try {
        // A token that was refused is not sent again.
        token = await (refusedToken === undefined
          ? tokens.current()
          : tokens.instead(refusedToken));
        refusedToken = undefined;
        if (token === undefined) return { ...unauthenticated, final: true };
        current = connectionWith(token);
        await current.start();
        return undefined;
      } catch (error) {
        const status = Number(/Status code '(\d+)'/.exec(String(error))?.[1]);
        if (status === 401) refusedToken = token;
        if (status === 401) return { ...unauthenticated, final: false };
        const code = status === 403 ? 'forbidden' : codeOfNoAnswer(error);
        return closed ?? { code, message: String(error), final: status === 403 };
      }
    },
    stop,
    onLost: (handler) => (onLost = handler),
    on: (event, handler) => void handlers.set(event, handler),
    async invoke(method, argument) {
      if (current === undefined) throw new Error('There is no connection.');
      return current.invoke(method, argument);
    },
    heardAtMs: () => heardAtMs,
    token: () => token,
  };
}

/** A page where a negotiation was due comes from a network that wants a person to sign in first. */
const codeOfNoAnswer = (error: unknown): string =>
  /SyntaxError|JSON/.test(String(error)) ? 'intercepted' : 'unreachable';

const unauthenticated = { code: 'unauthenticated', message: 'The token is not accepted.' };

/** These pass by themselves, whatever the server says of coming back. */
const passing: ReadonlySet<string> = new Set(['rate_limited', 'overloaded', 'unavailable']);

function lossOf({ error, allowReconnect }: { error?: string; allowReconnect?: boolean }): Loss {
  const code = errorCode(error ?? '') ?? 'closed';
  return { code, message: error ?? '', final: allowReconnect !== true && !passing.has(code) };
}

/** Errors of the hub begin with their code: "forbidden: The token does not …". */
export function errorCode(text: string): string | undefined {
  return /^[a-z]+(_[a-z]+)*(?=:|$)/.exec(text)?.[0];
}
