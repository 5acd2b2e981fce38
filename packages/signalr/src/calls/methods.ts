/**
 * The methods that clients may call. As in ASP.NET Core a method gives one result or a stream of
 * them, and which of the two is known before it runs, so that the wrong kind of call does nothing.
 */
import { HubError } from '../errors.ts';
import type { ClientStream } from './client-streams.ts';
import { type Parameter, readArguments, type Values } from './parameters.ts';

/**
 * Gets the caller, the arguments and a signal that is aborted when the client cancels the call or is
 * gone. Throws a `HubError` to refuse; the words of any other error stay on the server.
 */
export type Handler<Connection, Parameters extends readonly Parameter[], Result> = (
  connection: Connection,
  ...args: [...Values<Parameters>, signal: AbortSignal]
) => Result | Promise<Result>;

/** A call on its way to a method, as a filter sees it. */
export interface Invocation<Connection> {
  connection: Connection;
  /** As it was registered, never as the client wrote it. */
  method: string;
  /** As they came, not yet looked at. */
  args: readonly unknown[];
  signal: AbortSignal;
}

/**
 * Runs around every call of a method: `next` reads the arguments, runs the method and gives its
 * result. What the filter returns or throws takes the place of what the method did.
 */
export type Filter<Connection> = (
  invocation: Invocation<Connection>,
  next: () => Promise<unknown>,
) => unknown;

export interface Method<Connection> {
  name: string;
  /** It gives an `AsyncIterable` instead of one result. */
  streams: boolean;
  run(call: Omit<Invocation<Connection>, 'method'> & { streams: ClientStream[] }): Promise<unknown>;
}

export class Methods<Connection> {
  readonly #byName = new Map<string, Method<Connection>>();
  readonly #filter: Filter<Connection> | undefined;

  constructor(filter: Filter<Connection> | undefined) {
    this.#filter = filter;
  }

  /** Names are compared without regard to case, as ASP.NET Core does. */
  add(
    name: string,
    parameters: readonly Parameter[],
    options: { streams: boolean; handler: (...args: never[]) => unknown },
  ): void {
    const { streams, handler } = options;
    const key = name.toLowerCase();
    if (this.#byName.has(key)) throw new Error(`the hub method ${name} is there already`);
    this.#byName.set(key, {
      name,
      streams,
      run: async (call) => {
        const { connection, args, signal } = call;
        const next = async () => {
          const values = await readArguments(parameters, call);
          // A signal that is aborted already would not tell a handler that listens to it.
          signal.throwIfAborted();
          const result = await handler(...([connection, ...values, signal] as never[]));
          if (isStream(result) !== streams) throw new TypeError(`${name} gives ${giving(streams)}`);
          return result;
        };
        if (this.#filter === undefined) return next();
        return this.#filter({ connection, method: name, args, signal }, next);
      },
    });
  }

  /** Throws a `HubError` when there is none, or none for this kind of call. */
  find(target: string, kind: { streaming: boolean }): Method<Connection> {
    const method = this.#byName.get(target.toLowerCase());
    if (method === undefined) throw new HubError(`Unknown hub method '${target}'`);
    if (method.streams && !kind.streaming) {
      throw new HubError(
        `The client attempted to invoke the streaming '${method.name}' method with a non-streaming invocation.`,
      );
    }
    if (!method.streams && kind.streaming) {
      throw new HubError(
        `The client attempted to invoke the non-streaming '${method.name}' method with a streaming invocation.`,
      );
    }
    return method;
  }
}

function isStream(result: unknown): boolean {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result;
}

function giving(streams: boolean): string {
  return streams ? 'no AsyncIterable: add it by method()' : 'an AsyncIterable: add it by stream()';
}
