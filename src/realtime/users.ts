// Who is connected: every client by its connection and by its user (tenant and subject), and what one
// user may have open and call at once, over all of their connections to this replica.
import type { HubConnection } from '@atlas/signalr';
import type { Identity } from '../platform/identity.ts';
import type { Caller } from './caller.ts';
import type { ClientLimits } from './limits.ts';
import type { Watcher } from './watch.ts';

/** An open connection with what belongs to it. */
export interface Client {
  readonly connection: HubConnection<Caller>;
  readonly watcher: Watcher;
  readonly connectedAtMs: number;
}

interface User {
  readonly clients: Set<Client>;
  /** Messages that may be sent now; refills to a second's worth. */
  allowance: number;
  countedAtMs: number;
}

type Named = Pick<Identity, 'tenant' | 'subject'>;

export class Users {
  readonly #limits: ClientLimits;
  readonly #now: () => number;
  readonly #clients = new Map<string, Client>();
  readonly #users = new Map<string, User>();

  constructor(limits: ClientLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  add(client: Client): void {
    const { connection } = client;
    this.#clients.set(connection.id, client);
    const name = nameOf(connection.identity.identity);
    let user = this.#users.get(name);
    if (user === undefined) {
      const allowance = this.#limits.messagesPerSecondMax;
      user = { clients: new Set(), allowance, countedAtMs: this.#now() };
      this.#users.set(name, user);
    }
    user.clients.add(client);
  }

  /** Undefined when it was not there. */
  remove(connectionId: string): Client | undefined {
    const client = this.#clients.get(connectionId);
    if (client === undefined) return undefined;
    this.#clients.delete(connectionId);
    const name = nameOf(client.connection.identity.identity);
    const user = this.#users.get(name)!;
    user.clients.delete(client);
    if (user.clients.size === 0) this.#users.delete(name);
    return client;
  }

  get(connectionId: string): Client | undefined {
    return this.#clients.get(connectionId);
  }

  all(): IterableIterator<Client> {
    return this.#clients.values();
  }

  of(user: Named): ReadonlySet<Client> {
    return this.#users.get(nameOf(user))?.clients ?? nobody;
  }

  /** True while another connection of this user would be one too many. */
  full(user: Named): boolean {
    return this.of(user).size >= this.#limits.connectionsPerUserMax;
  }

  /** How many accounts the user's connections watch, counted for each. */
  subscriptionsOf(user: Named): number {
    let sum = 0;
    for (const { watcher } of this.of(user)) sum += watcher.watches.size;
    return sum;
  }

  /** Takes a message from the user's allowance; false when there is none left. */
  takeMessage(identity: Named): boolean {
    const user = this.#users.get(nameOf(identity));
    if (user === undefined) return false;
    const { messagesPerSecondMax } = this.#limits;
    const now = this.#now();
    const refill = ((now - user.countedAtMs) * messagesPerSecondMax) / 1_000;
    user.allowance = Math.min(messagesPerSecondMax, user.allowance + refill);
    user.countedAtMs = now;
    if (user.allowance < 1) return false;
    user.allowance -= 1;
    return true;
  }
}

const nobody: ReadonlySet<Client> = new Set();

/** A tenant's name has no space. */
function nameOf({ tenant, subject }: Named): string {
  return `${tenant} ${subject}`;
}
