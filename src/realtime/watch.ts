// One connection's interest in one account, and the connection as the fan-out sees it.
import type { EncodedMessage } from '@atlas/signalr';
import type { Latest } from './latest.ts';

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
