// How many connections there may be, in all and from one address. Where all are taken, one that owes us
// a request makes room, the longest idle first: so a flood of connections that ask for nothing, from
// however many addresses, does not keep out those who ask for something.
//
// Every request passes here, refused ones too: so a request costs two writes and a move in a set, and
// what else there is to know is looked for when it is needed.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { callerOf, plain } from './callers.ts';
import type { ServerLimits } from './limits.ts';
import type { FloodReason, FloodRefusals } from './refusals.ts';

export type ConnectionLimits = Pick<
  ServerLimits,
  'callers' | 'connectionsMax' | 'connectionsPerAddressMax'
>;

/** So many are looked at for an idle one: more would cost a flood less than us. */
const looksMax = 64;

/** A connection with its last request. */
export interface OpenConnection {
  readonly socket: Socket;
  /** Both undefined when nothing is under way. */
  request: IncomingMessage | undefined;
  response: ServerResponse | undefined;
  /** Requests that came before the last one's answer had ended. */
  ahead: number;
  /** It speaks something else now, and is never idle. */
  upgraded: boolean;
  /** What the body of the request had, and when; for slow-bodies.ts. */
  bodyBytes: number;
  bodyAtMs: number | undefined;
}

const known = Symbol('connection');
type KnownSocket = Socket & { [known]?: OpenConnection };

export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #refusals: FloodRefusals;
  readonly #perCaller = new Map<string, number>();
  /** The longest without a request first. */
  readonly #open = new Set<OpenConnection>();

  constructor(limits: ConnectionLimits, refusals: FloodRefusals) {
    this.#limits = limits;
    this.#refusals = refusals;
  }

  get count(): number {
    return this.#open.size;
  }

  all(): IterableIterator<OpenConnection> {
    return this.#open.values();
  }

  of(socket: Socket): OpenConnection | undefined {
    return (socket as KnownSocket)[known];
  }

  /** Takes a new connection, or says why not. */
  admit(socket: Socket): FloodReason | undefined {
    const address = plain(socket.remoteAddress ?? '');
    const caller = this.#limits.callers.trusts(address) ? undefined : callerOf(address);
    const ofCaller = caller === undefined ? 0 : (this.#perCaller.get(caller) ?? 0);
    if (ofCaller >= this.#limits.connectionsPerAddressMax) return 'address_connections';
    if (this.#open.size >= this.#limits.connectionsMax && !this.#closeIdle()) return 'connections';
    if (caller !== undefined) this.#perCaller.set(caller, ofCaller + 1);
    const connection: OpenConnection = {
      socket,
      request: undefined,
      response: undefined,
      ahead: 0,
      upgraded: false,
      bodyBytes: 0,
      bodyAtMs: undefined,
    };
    (socket as KnownSocket)[known] = connection;
    this.#open.add(connection);
    socket.once('close', () => {
      this.#open.delete(connection);
      if (caller !== undefined) leave(this.#perCaller, caller);
    });
    return undefined;
  }

  /** A request has come. Returns how many of its connection are under way. */
  begin(request: IncomingMessage, response: ServerResponse): number {
    const connection = this.of(request.socket);
    if (connection === undefined) return 1;
    if (isUnderWay(connection)) {
      connection.ahead += 1;
      response.once('close', () => (connection.ahead -= 1));
    }
    connection.request = request;
    connection.response = response;
    connection.bodyAtMs = undefined;
    this.#open.delete(connection);
    this.#open.add(connection);
    return connection.ahead + 1;
  }

  #closeIdle(): boolean {
    let looks = 0;
    for (const connection of this.#open) {
      this.#open.delete(connection);
      if (!connection.upgraded && !isUnderWay(connection)) {
        this.#refusals.count('idle_closed', connection.socket.remoteAddress);
        connection.socket.destroy();
        return true;
      }
      this.#open.add(connection);
      if ((looks += 1) >= looksMax) break;
    }
    return false;
  }
}

export function isUnderWay({ response }: OpenConnection): boolean {
  return response !== undefined && !response.writableFinished && !response.destroyed;
}

export function leave(perCaller: Map<string, number>, caller: string): void {
  const left = perCaller.get(caller)! - 1;
  if (left === 0) perCaller.delete(caller);
  else perCaller.set(caller, left);
}
