/**
 * The calls of one connection. They start in the order in which they came, as many at once as the
 * limit allows, and each is owed one completion. A stream gives its place back once it has started,
 * and what belongs to a running call (items, results, cancellations) overtakes the calls that wait.
 */
import { type Deferred, deferred } from '../deferred.ts';
import type { Limits } from '../limits.ts';
import { type HubMessage, messageTypes } from '../protocol/protocol.ts';
import type { HubStats } from '../stats.ts';
import { ActiveCall, type CallMessage } from './active-call.ts';
import { answerCall, type CallEnd, type Caller, complete } from './answer-call.ts';
import { ClientResultError, ClientResults } from './client-results.ts';
import { type ClientStream, ClientStreams } from './client-streams.ts';
import type { Methods } from './methods.ts';
import { type StandardSchema, validate } from './standard-schema.ts';

export interface CallsHost<Connection> {
  limits: Limits;
  stats: HubStats;
  methods: Methods<Connection>;
  invoked(end: InvocationEnd<Connection>): void;
  failed(error: unknown): void;
}

export interface InvocationEnd<Connection> extends CallEnd {
  connection: Connection;
  /** From its start, until the last item when it is a stream. */
  durationMs: number;
}

export class Calls<Connection extends Caller> {
  readonly #connection: Connection;
  readonly #host: CallsHost<Connection>;
  /** Most connections never need them, and most connections are idle. */
  #results: ClientResults | undefined;
  #clientStreams: ClientStreams | undefined;
  /** All that are not completed, by the id that the client gave or else one of our own. */
  readonly #active = new Map<string | symbol, ActiveCall>();
  #waiting: [key: string | symbol, ActiveCall][] = [];
  #running = 0;
  /** Those that the client sends and those that it is sent. */
  #streams = 0;
  #roomToWait: (() => void) | undefined;
  #roomToSend: Deferred<void> | undefined;

  constructor(connection: Connection, host: CallsHost<Connection>) {
    this.#connection = connection;
    this.#host = host;
  }

  /** Works on one message; the next is read when this resolves. */
  handle(message: HubMessage): Promise<void> | undefined {
    switch (message.type) {
      case messageTypes.invocation:
      case messageTypes.streamInvocation:
        return this.#accept(message);
      case messageTypes.streamItem:
        return this.#clientStreams?.push(message);
      case messageTypes.completion:
        if (!this.#results?.settle(message)) this.#clientStreams?.complete(message);
        return undefined;
      case messageTypes.cancelInvocation:
        this.#active.get(message.invocationId)?.cancel();
        return undefined;
      default:
        return undefined;
    }
  }

  /** Invokes a method of the client and resolves to its result. */
  async request(
    target: string,
    args: readonly unknown[],
    options: { schema?: StandardSchema; timeoutMs?: number },
  ): Promise<unknown> {
    const { schema, timeoutMs = this.#host.limits.clientResultMs } = options;
    const { invocation: type } = messageTypes;
    this.#results ??= new ClientResults(this.#host.limits);
    const result = await this.#results.request(
      (invocationId) => this.#connection.write({ type, invocationId, target, arguments: args }),
      timeoutMs,
    );
    if (schema === undefined) return result;
    return validate(schema, result, (issue) => new ClientResultError('invalid_result', issue));
  }

  /** There is room in the socket again. */
  resume(): void {
    this.#roomToSend?.resolve();
    this.#roomToSend = undefined;
    this.#start();
  }

  sweep(now: number): void {
    this.#clientStreams?.sweep(now);
  }

  /** The connection has ended: what runs is cancelled, what waits is forgotten. */
  stop(): void {
    this.#waiting = [];
    this.#roomToWait?.();
    this.#clientStreams?.failAll(new Error('the connection has ended'));
    this.#results?.failAll();
    for (const call of this.#active.values()) call.cancel();
  }

  #accept(message: CallMessage): Promise<void> | undefined {
    const { invocationId: key = Symbol('call'), streamIds = [] } = message;
    const refusal = this.#refusal(message);
    if (refusal !== undefined) {
      complete(this.#connection, message, { error: refusal });
      this.#ended(performance.now(), { method: undefined, outcome: 'refused' });
      return undefined;
    }
    const call = new ActiveCall(message, this.#open(streamIds));
    this.#streams += streamsOf(message);
    this.#active.set(key, call);
    this.#waiting.push([key, call]);
    this.#start();
    if (this.#waiting.length < this.#host.limits.waitingInvocationsMax) return undefined;
    return new Promise((resolve) => {
      this.#roomToWait = resolve;
    });
  }

  #refusal(message: CallMessage): string | undefined {
    const { invocationId, streamIds = [] } = message;
    const { streamsMax } = this.#host.limits;
    if (invocationId !== undefined && this.#active.has(invocationId)) {
      return `Invocation ID '${invocationId}' is already in use.`;
    }
    if (this.#streams + streamsOf(message) > streamsMax) {
      return `A connection may have ${streamsMax} streams open.`;
    }
    const used = streamIds.find(
      (streamId, index) =>
        this.#clientStreams?.has(streamId) || streamIds.indexOf(streamId) !== index,
    );
    return used === undefined ? undefined : `Stream ID '${used}' is already in use.`;
  }

  #open(streamIds: readonly string[]): ClientStream[] {
    if (streamIds.length === 0) return [];
    const streams = (this.#clientStreams ??= new ClientStreams(this.#host.limits));
    return streamIds.map((streamId) => streams.open(streamId));
  }

  #start(): void {
    const { parallelInvocationsMax, waitingInvocationsMax } = this.#host.limits;
    while (this.#connection.writable && this.#running < parallelInvocationsMax) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      void this.#run(...next);
    }
    if (this.#waiting.length < waitingInvocationsMax) this.#roomToWait?.();
  }

  async #run(key: string | symbol, call: ActiveCall): Promise<void> {
    const startedAt = performance.now();
    const streams = streamsOf(call.message);
    const place = streams === 0 ? 1 : 0;
    this.#running += place;
    const end = await answerCall(call, {
      connection: this.#connection,
      methods: this.#host.methods,
      room: () => this.#room(),
      failed: this.#host.failed,
    });
    this.#running -= place;
    this.#active.delete(key);
    for (const stream of call.streams) stream.discard();
    this.#ended(startedAt, end);
    this.#start();
    // A stream that does not heed its end goes on counting.
    await call.left;
    this.#streams -= streams;
  }

  /** Undefined while there is room in the socket. */
  #room(): Promise<void> | undefined {
    if (this.#connection.writable) return undefined;
    this.#roomToSend ??= deferred();
    return this.#roomToSend.promise;
  }

  #ended(startedAt: number, end: CallEnd): void {
    const { stats, invoked } = this.#host;
    stats.invocations += 1;
    if (end.outcome === 'refused' || end.outcome === 'failed') stats.invocationsFailed += 1;
    invoked({ connection: this.#connection, durationMs: performance.now() - startedAt, ...end });
  }
}

function streamsOf({ type, streamIds = [] }: CallMessage): number {
  return streamIds.length + (type === messageTypes.streamInvocation ? 1 : 0);
}
