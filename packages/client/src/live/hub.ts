// The hub at /ws through the official SignalR client, reduced to what live balances need. Its protocol
// notes when the server was last heard, pings included and whatever the transport: a balance that was
// live is known to have been current up to that moment. It also notes why the server closed, which
// SignalR's own client does not pass on whole. Each start makes a new connection, so that one that
// hangs is left behind and not waited for. SignalR's stateful reconnect is left out: while it looks for a new
// socket the connection passes for one that stands, and a subscription brings the present balance anyway.
import {
  HubConnectionBuilder,
  HubConnectionState,
  JsonHubProtocol,
  LogLevel,
  MessageType,
  type HubConnection,
  type IHubProtocol,
} from '@microsoft/signalr';
import { limits } from '../limits.ts';
import { leavable } from './leavable.ts';
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
  /**
   * One try. Resolves to why it is not connected, or to nothing when it is. Several may be under way: the first
   * that stands is the connection, and the others come to nothing. A try is left by aborting `leaving`; when the
   * server answers on the way, `onAnswer` hears of it.
   */
  start(leaving: AbortSignal, onAnswer: () => void): Promise<Loss | undefined>;
  /** Leaves the connection that stands; its loss is not told. */
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

/** A connection, and why the server closed it, where it said so. */
interface Link {
  readonly connection: HubConnection;
  closed: Loss | undefined;
}

export function signalrHub({
  url,
  tokens,
  protocol = new JsonHubProtocol(),
  now,
}: HubOptions): Hub {
  const handlers = new Map<string, (value: unknown) => void>();
  let onLost: (loss: Loss) => void = () => undefined;
  let current: Link | undefined;
  let heardAtMs: number | undefined;
  let token: string | undefined;
  let refusedToken: string | undefined;

  function listening(onClosed: (loss: Loss) => void): IHubProtocol {
    return {
      name: protocol.name,
      version: protocol.version,
      transferFormat: protocol.transferFormat,
      writeMessage: (message) => protocol.writeMessage(message),
      parseMessages(input, logger) {
        heardAtMs = now();
        const messages = protocol.parseMessages(input, logger);
        for (const message of messages) {
          if (message.type === MessageType.Close) onClosed(lossOf(message));
        }
        return messages;
      },
    };
  }

  function linkWith(token: string, leaving: AbortSignal, onAnswer: () => void): Link {
    const connection = new HubConnectionBuilder()
      .withUrl(url, {
        accessTokenFactory: () => token,
        timeout: limits.connectMs,
        withCredentials: false,
        ...leavable(leaving, onAnswer),
      })
      .withHubProtocol(listening((loss) => (link.closed = loss)))
      // Losses are told as values; the host's console is kept for faults.
      .configureLogging(LogLevel.None)
      .build();
    const link: Link = { connection, closed: undefined };
    for (const [event, handler] of handlers) {
      connection.on(event, (value: unknown) => {
        if (link === current) handler(value);
      });
    }
    connection.onclose((error) => {
      if (link !== current) return;
      current = undefined;
      onLost(link.closed ?? { code: 'unreachable', message: error?.message ?? '', final: false });
    });
    leaving.addEventListener('abort', () => end(link));
    return link;
  }

  /** One that fails to stop has lost its connection already. */
  function end({ connection }: Link): void {
    connection.stop().catch(() => undefined);
  }

  return {
    async start(leaving, onAnswer) {
      let asked: string | undefined;
      let link: Link | undefined;
      try {
        // A token that was refused is not sent again.
        asked = await (refusedToken === undefined
          ? tokens.current()
          : tokens.instead(refusedToken));
        refusedToken = undefined;
        if (asked === undefined) return { ...unauthenticated, final: true };
        if (leaving.aborted) return left;
        link = linkWith(asked, leaving, onAnswer);
        await link.connection.start();
        if (current === undefined && link.connection.state === HubConnectionState.Connected) {
          [current, token] = [link, asked];
          return undefined;
        }
        end(link);
        return link.closed ?? left;
      } catch (error) {
        const status = Number(/Status code '(\d+)'/.exec(String(error))?.[1]);
        if (status === 401) refusedToken = asked;
        if (status === 401) return { ...unauthenticated, final: false };
        const code = status === 403 ? 'forbidden' : (codeOfNoRoom(error) ?? codeOfNoAnswer(error));
        return link?.closed ?? { code, message: String(error), final: status === 403 };
      }
    },
    stop() {
      if (current !== undefined) end(current);
      current = undefined;
    },
    onLost: (handler) => (onLost = handler),
    on: (event, handler) => void handlers.set(event, handler),
    async invoke(method, argument) {
      if (current === undefined) throw new Error('There is no connection.');
      return current.connection.invoke(method, argument);
    },
    heardAtMs: () => heardAtMs,
    token: () => token,
  };
}

const left: Loss = { code: 'unreachable', message: 'The try was left.', final: false };

/** A page where a negotiation was due comes from a network that wants a person to sign in first. */
const codeOfNoAnswer = (error: unknown): string =>
  /SyntaxError|JSON/.test(String(error)) ? 'intercepted' : 'unreachable';

/** The problem that the hub answered with, of which SignalR's client passes on the text alone. */
const codeOfNoRoom = (error: unknown): string | undefined =>
  /"code":"(overloaded|rate_limited)"/.exec(String(error))?.[1];

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
