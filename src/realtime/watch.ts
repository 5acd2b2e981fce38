// Who watches what. A connection has a watch for each of its accounts, and all who watch an account share
// its latest balance: its bytes are made when the first of them needs them, and a newer value simply takes
// the place of an unsent one.
import { encodeInvocation, type EncodedMessage } from '@atlas/signalr';
import { hubEvents, type BalanceUpdate } from '../contracts/hub.ts';

export class Latest {
  readonly tenant: string;
  readonly accountId: string;
  readonly watchers = new Set<Watch>();
  /** Resolves when the feed brings the account. */
  readonly followed: Promise<void>;
  /** Of the present value, since `servedAtMs`, to connections that had an earlier one. */
  deliveries = 0;
  /** When its bytes were made; time of day. */
  servedAtMs = 0;
  #update: BalanceUpdate | undefined;
  #encoded: EncodedMessage | undefined;

  constructor(of: {
    tenant: string;
    accountId: string;
    update: BalanceUpdate | undefined;
    followed: Promise<void>;
  }) {
    this.tenant = of.tenant;
    this.accountId = of.accountId;
    this.followed = of.followed;
    this.#update = of.update;
  }

  get update(): BalanceUpdate | undefined {
    return this.#update;
  }

  /** -1: nothing is known yet. Version 0 is an account that was opened and never used. */
  get version(): number {
    return this.#update?.version ?? -1;
  }

  /** Its bytes are kept, see `forgetBytes`. */
  get isEncoded(): boolean {
    return this.#encoded !== undefined;
  }

  /** The `balanceUpdate` message of the present value. */
  get encoded(): EncodedMessage {
    return (this.#encoded ??= encodeInvocation(hubEvents.balanceUpdate, [this.#update], {
      latest: true,
    }));
  }

  /** An account may be quiet for hours: bytes that all have been sent are only in the way. */
  forgetBytes(): void {
    this.#encoded = undefined;
  }

  /** True when the update is newer than what is known and now takes its place. */
  offer(update: BalanceUpdate): boolean {
    if (update.version <= this.version) return false;
    this.#update = update;
    this.#encoded = undefined;
    return true;
  }
}

/** `writable` is false while too much waits in the socket. */
export interface Outlet {
  readonly writable: boolean;
  /** All of them go out in one write; the list is not kept. */
  sendEncoded(messages: readonly EncodedMessage[]): void;
}

export interface Watcher {
  readonly tenant: string;
  readonly subject: string;
  /** Of the connection, and renewed with it: reads snapshots for it. */
  token: string;
  readonly outlet: Outlet;
  /** By account id. */
  readonly watches: Map<string, Watch>;
  /** Watches whose latest value has not been sent. */
  readonly unsent: Watch[];
  /** Values that were overtaken before this connection could take them. */
  conflated: number;
  /** It will have its turn at the next flush. */
  due: boolean;
}

export interface Watch {
  readonly latest: Latest;
  readonly watcher: Watcher;
  /** The last version that went out; only higher ones follow. */
  sentVersion: number;
  /** False until the snapshot has been read: nothing goes out before its confirmation. */
  open: boolean;
  /** It is among the watcher's unsent. */
  unsent: boolean;
}
