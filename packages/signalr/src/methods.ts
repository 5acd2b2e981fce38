/**
 * The methods that clients may call, and what becomes of a call: its result, the words of a
 * `HubError`, or for any other failure one sentence that gives nothing away.
 */
import { HubError } from './errors.ts';
import {
  type Completion,
  type HubProtocol,
  type Invocation as InvocationMessage,
  messageTypes,
  type StreamInvocation,
} from './protocol/protocol.ts';
import type { HubStats } from './stats.ts';

/** Returns the arguments of a call with their types, or throws a `HubError` to refuse them. */
export type ReadArguments = (args: readonly unknown[]) => readonly unknown[] | [];

export type Handler<Connection, Args extends readonly unknown[]> = (
  connection: Connection,
  ...args: Args
) => unknown;

export interface Invocation<Connection> {
  connection: Connection;
  /** As it was registered, never as the client wrote it; undefined when there is no such method. */
  method: string | undefined;
  durationMs: number;
  outcome: 'completed' | 'refused' | 'failed';
  /** With the outcome `failed`. */
  error?: unknown;
}

/** What a client calls a method with. */
export type Call = InvocationMessage | StreamInvocation;

interface Method<Connection> {
  name: string;
  run(connection: Connection, args: readonly unknown[]): unknown;
}

export class Methods<Connection> {
  readonly #byName = new Map<string, Method<Connection>>();
  readonly #stats: HubStats;
  readonly #onInvocation: (invocation: Invocation<Connection>) => void;

  constructor(options: {
    stats: HubStats;
    onInvocation: (invocation: Invocation<Connection>) => void;
  }) {
    this.#stats = options.stats;
    this.#onInvocation = options.onInvocation;
  }

  /** Names are compared without regard to case, as ASP.NET Core does. */
  add<Read extends ReadArguments>(
    name: string,
    readArguments: Read,
    handler: Handler<Connection, ReturnType<Read>>,
  ): void {
    const key = name.toLowerCase();
    if (this.#byName.has(key)) throw new Error(`the hub method ${name} is there already`);
    this.#byName.set(key, {
      name,
      run: (connection, args) => handler(connection, ...(readArguments(args) as ReturnType<Read>)),
    });
  }

  /** Never rejects. Returns the completion to send, or nothing when the caller wants none. */
  async invoke(
    connection: Connection,
    call: Call,
    protocol: HubProtocol,
  ): Promise<Buffer | undefined> {
    const startedMs = performance.now();
    const method = this.#byName.get(call.target.toLowerCase());
    let outcome: Invocation<Connection>['outcome'] = 'completed';
    let failure: { error?: unknown } = {};
    let completion: Buffer | undefined;
    try {
      const result = await run(method, connection, call);
      completion = encode(protocol, call, { result });
    } catch (error) {
      outcome = error instanceof HubError ? 'refused' : 'failed';
      if (outcome === 'failed') failure = { error };
      const words = error instanceof HubError ? error.message : `${method?.name} failed.`;
      completion = encode(protocol, call, { error: words });
    }
    this.#stats.invocations += 1;
    if (outcome !== 'completed') this.#stats.invocationsFailed += 1;
    const durationMs = performance.now() - startedMs;
    this.#onInvocation({ connection, method: method?.name, durationMs, outcome, ...failure });
    return completion;
  }
}

async function run<Connection>(
  method: Method<Connection> | undefined,
  connection: Connection,
  call: Call,
): Promise<unknown> {
  if (method === undefined) throw new HubError('There is no such hub method.');
  if (call.type === messageTypes.streamInvocation || call.streamIds)
    throw new HubError(`${method.name} neither sends nor receives streams.`);
  return method.run(connection, call.arguments);
}

function encode(
  protocol: HubProtocol,
  { invocationId }: Call,
  outcome: Pick<Completion, 'result' | 'error'>,
): Buffer | undefined {
  if (invocationId === undefined) return undefined;
  return protocol.write({ type: messageTypes.completion, invocationId, ...outcome });
}
