// How many connections there may be, in all and from one address. Where all are taken, the one that has
// been idle for longest makes room: so a flood of connections that ask for nothing, from however many
// addresses, does not keep out those who ask for something.
import type { Socket } from 'node:net';
import { callerOf, plain } from './callers.ts';
import type { ServerLimits } from './limits.ts';
import type { FloodReason, FloodRefusals } from './refusals.ts';

export type ConnectionLimits = Pick<
  ServerLimits,
  'callers' | 'connectionsMax' | 'connectionsPerAddressMax'
>;

export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #refusals: FloodRefusals;
  readonly #perCaller = new Map<string, number>();
  /** By requests under way. */
  readonly #open = new Map<Socket, number>();
  /** Those that owe us a request, the longest idle first. */
  readonly #idle = new Set<Socket>();

  constructor(limits: ConnectionLimits, refusals: FloodRefusals) {
    this.#limits = limits;
    this.#refusals = refusals;
  }

  get count(): number {
    return this.#open.size;
  }

  /** Takes a new connection, or says why not. */
  admit(socket: Socket): FloodReason | undefined {
    const address = plain(socket.remoteAddress ?? '');
    const caller = this.#limits.callers.trusts(address) ? undefined : callerOf(address);
    const ofCaller = caller === undefined ? 0 : (this.#perCaller.get(caller) ?? 0);
    if (ofCaller >= this.#limits.connectionsPerAddressMax) return 'address_connections';
    if (this.#open.size >= this.#limits.connectionsMax && !this.#closeIdle()) return 'connections';
    if (caller !== undefined) this.#perCaller.set(caller, ofCaller + 1);
    this.#open.set(socket, 0);
    this.#idle.add(socket);
    socket.once('close', () => {
      this.#forget(socket);
      if (caller === undefined) return;
      const left = this.#perCaller.get(caller)! - 1;
      if (left === 0) this.#perCaller.delete(caller);
      else this.#perCaller.set(caller, left);
    });
    return undefined;
  }

  /** A request has come. Returns how many of this connection are under way. */
  begin(socket: Socket): number {
    const underWay = (this.#open.get(socket) ?? 0) + 1;
    if (this.#open.has(socket)) this.#open.set(socket, underWay);
    this.#idle.delete(socket);
    return underWay;
  }

  /** One has been answered. */
  end(socket: Socket): void {
    const underWay = this.#open.get(socket);
    if (underWay === undefined) return;
    this.#open.set(socket, underWay - 1);
    if (underWay === 1) this.#idle.add(socket);
  }

  /** It speaks something else now, and is never idle. */
  upgraded(socket: Socket): void {
    this.#idle.delete(socket);
  }

  isIdle(socket: Socket): boolean {
    return this.#idle.has(socket);
  }

  #closeIdle(): boolean {
    const [longest] = this.#idle;
    if (longest === undefined) return false;
    this.#forget(longest);
    longest.destroy();
    this.#refusals.count('idle_closed', longest.remoteAddress);
    return true;
  }

  #forget(socket: Socket): void {
    this.#open.delete(socket);
    this.#idle.delete(socket);
  }
}
