/**
 * What a client is told to do. Each language has a driver, the thinnest program around its client,
 * that carries out these commands; the script that gives them is the same for all.
 */
export type TransportName = 'WebSockets' | 'ServerSentEvents' | 'LongPolling';
export type ProtocolName = 'json' | 'messagepack';

export interface StartOptions {
  url: string;
  transport: TransportName;
  protocol: ProtocolName;
  /** Undefined when the URL has it, or nobody needs one. */
  token?: string | undefined;
  skipNegotiation?: boolean;
  statefulReconnect?: boolean;
  keepAliveMs: number;
  serverTimeoutMs: number;
}

/**
 * Binary values travel as `{ $binary: base64 }`. From its start on a client keeps the arguments of
 * every call of `pushed`, and answers a call of `ask` by what it was asked, with a question mark; when
 * it is asked `fail`, by an error.
 */
export type Command =
  /** The connection id, or null when the client does not tell. */
  | ({ do: 'start' } & StartOptions)
  /** What the method returned; rejects with its error. */
  | { do: 'invoke'; target: string; args: unknown[] }
  | { do: 'send'; target: string; args: unknown[] }
  /** The items that came until the stream ended; with `take`, until it was cancelled after so many. */
  | { do: 'stream'; target: string; args: unknown[]; take?: number }
  /** What a method returned that was sent a stream of these items. */
  | { do: 'upload'; target: string; items: unknown[] }
  /** The arguments of the first so many pushes, when that many have come. */
  | { do: 'pushes'; count: number }
  /** The connection id (or null) after the client has come back by itself so many times. */
  | { do: 'reconnected'; times: number }
  /** The words of the error that the connection ended with, or null. */
  | { do: 'closed' }
  | { do: 'stop' };

export interface Driver extends AsyncDisposable {
  /** Carries out a command with the client of that name, which `start` makes. */
  run(client: string, command: Command): Promise<unknown>;
}
