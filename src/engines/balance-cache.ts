// The cache between the book and its readers. Its one promise: after `publish` has resolved, no
// `read` through it answers an older version, whatever fails. Hence the compare-and-set on the
// version, and the fill permit: a slow read of the book may not put back what was overtaken.
import type { Balance } from '../contracts/balances.ts';

/**
 * What a read finds:
 * - `hit`: a balance not older than any acknowledged change; undefined: there is no such account, also
 *   not one whose opening was acknowledged.
 * - `miss`: nothing; the caller reads the book and may offer it with the permit.
 * - `bypass`: the cache cannot be trusted or reached now; read the book and offer nothing.
 */
export type CacheRead =
  | { readonly found: 'hit'; readonly balance: Balance | undefined }
  | { readonly found: 'miss'; readonly permit: string }
  | { readonly found: 'bypass' };

export interface BalanceCache extends AsyncDisposable {
  readonly engine: 'redis' | 'memory' | 'none';
  /** Of a server, as it says itself; undefined while it has not. */
  readonly version?: string | undefined;
  read(tenant: string, accountId: string): Promise<CacheRead>;
  /**
   * Offers what was read from the book after a miss; taken only while the permit still stands.
   * Undefined: there is no such account, which is kept for a second at most.
   */
  fill(
    tenant: string,
    accountId: string,
    balance: Balance | undefined,
    permit: string,
  ): Promise<void>;
  /** Where readers in other processes share the cache. */
  readonly board?: ReplicaBoard;
  /** Where writers are in other processes: hears of every change, for copies kept in this one. */
  follow?(listener: ChangeListener): BalanceChanges;
  /** Resolves true while the cache is reachable and trusted: a signal for health, not for reads. */
  healthy(): Promise<boolean>;
}

/** What the readers of a shared cache say of themselves. */
export interface ReplicaBoard {
  /** Puts this reader's text; resolves to the texts of all that live. Rejects while it is away. */
  share(
    node: string,
    text: string,
  ): Promise<readonly { readonly node: string; readonly ageMs: number; readonly text: string }[]>;
}

export interface ChangeListener {
  /** The account may have this version now. */
  changed(change: {
    readonly tenant: string;
    readonly accountId: string;
    readonly version: number;
  }): void;
  /** Changes may have been missed: what is kept must go. */
  doubted(): void;
}

export interface BalanceChanges extends AsyncDisposable {
  /** False while changes may be missed. */
  readonly trusted: boolean;
}

/** The core's side: makes committed balances visible before they are acknowledged. */
export interface BalancePublisher extends AsyncDisposable {
  /**
   * Puts balances by compare-and-set on the version and announces them. When it resolves, no
   * reader will be answered older; with the cache away that may take one lease (CACHE_LEASE_MS).
   * Never rejects.
   */
  publish(balances: readonly Balance[]): Promise<void>;
  /** Where writers hold leases: the register of those that readers wait for. */
  readonly register?: WriterRegister;
  /** Where publishing can fail: how it goes. */
  stats?(): PublisherStats;
}

export interface PublisherStats {
  /** Whether readers may trust the cache as far as this writer knows. */
  readonly leased: boolean;
  /** Balances that wait to be repeated. */
  readonly missed: number;
  /** Balances that the cache has confirmed, since the start. */
  readonly put: number;
  /** Attempts to put that it has not confirmed, since the start. */
  readonly failures: number;
}

/** Writers that died leave a lapsed lease behind; the relay strikes them off when it is safe. */
export interface WriterRegister {
  /** Ids of writers whose lease ended more than two seconds ago. */
  lapsed(): Promise<string[]>;
  strikeOff(writerId: string): Promise<void>;
}
