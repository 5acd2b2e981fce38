/**
 * The connections of this process by their ids, and what a connection token stands for here and now:
 * one of them, one that may be opened, one of another process, or none.
 */
import type { Connection } from '../connection.ts';
import type { ConnectionTokens, Negotiated } from './connection-tokens.ts';

export type Found<Identity> =
  | { state: 'open'; connection: Connection<Identity> }
  | { state: 'new'; negotiated: Negotiated }
  /** It was negotiated at another process, and may or may not be open there. */
  | { state: 'elsewhere'; negotiated: Negotiated }
  | { state: 'unknown' };

export class Registry<Identity> {
  readonly #tokens: ConnectionTokens;
  readonly #nodeId: string;
  readonly #spentTokensMax: number;
  readonly #open = new Map<string, Connection<Identity>>();
  readonly #spent = new Set<string>();

  constructor(options: { tokens: ConnectionTokens; nodeId: string; spentTokensMax: number }) {
    this.#tokens = options.tokens;
    this.#nodeId = options.nodeId;
    this.#spentTokensMax = options.spentTokensMax;
  }

  get size(): number {
    return this.#open.size;
  }

  all(): MapIterator<Connection<Identity>> {
    return this.#open.values();
  }

  find(token: string): Found<Identity> {
    const negotiated = this.#tokens.read(token);
    if (negotiated === undefined) return { state: 'unknown' };
    const { connectionId, expired, nodeId } = negotiated;
    const connection = this.#open.get(connectionId);
    if (connection !== undefined) return { state: 'open', connection };
    if (this.#spent.has(connectionId)) return { state: 'unknown' };
    if (nodeId !== this.#nodeId) return { state: 'elsewhere', negotiated };
    return expired ? { state: 'unknown' } : { state: 'new', negotiated };
  }

  /** No token opens this id a second time. */
  add(connection: Connection<Identity>): void {
    this.#open.set(connection.id, connection);
    this.#spent.add(connection.id);
    if (this.#spent.size > this.#spentTokensMax) {
      this.#spent.delete(this.#spent.values().next().value!);
    }
  }

  delete(connection: Connection<Identity>): void {
    this.#open.delete(connection.id);
  }
}
