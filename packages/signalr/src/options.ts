/**
 * What a host gives to make a hub. Only `authenticate` has no default: a hub that lets everybody in
 * has to say so itself.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { InvocationEnd } from './calls/calls.ts';
import type { Filter } from './calls/methods.ts';
import type { AnyClient, ClientMethods } from './client-methods.ts';
import type { HubConnection } from './hub-connection.ts';
import type { DisconnectReason } from './disconnects.ts';
import type { Limits } from './limits.ts';

export interface Attempt {
  /** From `Authorization: Bearer …` or `?access_token=…`, which browsers use for WebSockets. */
  token: string | undefined;
  request: IncomingMessage;
  /** False when the request belongs to a connection that is open already. */
  opens: boolean;
}

/** A request, or an upgrade, that nobody has answered. */
export type Arrival =
  | { request: IncomingMessage; response: ServerResponse }
  | { request: IncomingMessage; socket: Duplex; head: Buffer };

export type Authentication<Identity> =
  /** `expiresAtMs`: time of day at which the connection is closed with permission to reconnect. */
  | { identity: Identity; expiresAtMs?: number }
  /** An HTTP status, sent before any upgrade, and the JSON of a problem (RFC 9457) if there is one. */
  | { status: number; problem?: object };

/** What there is no room or no time for; a refusal without one is of a request that is wrong. */
export type RefusalReason =
  | 'draining'
  /** `connectionsMax` */
  | 'connections_full'
  /** `admissionsWaitingMax` */
  | 'admissions_full'
  /** `handshakeMs`, of the authentication at an upgrade */
  | 'admission_late'
  /** `postsMax` */
  | 'posts_full';

/** A request that is answered with an HTTP status of 400 or more. */
export interface Refused {
  status: number;
  reason?: RefusalReason;
  request: IncomingMessage;
}

export interface HubOptions<Identity, Client extends ClientMethods<Client> = AnyClient> {
  /** Asked at negotiation, and again at every other request. */
  authenticate(attempt: Attempt): Authentication<Identity> | Promise<Authentication<Identity>>;
  /**
   * Whether the caller of a later request may act for an open connection; by default whoever holds
   * its token may. A no is answered 403, and so is a failure to say.
   */
  mayActFor?(caller: Identity, connection: HubConnection<Identity>): boolean;
  /** Default `/ws`. */
  path?: string;
  /**
   * Signs connection tokens. Processes that share an address share the secret; by default it is
   * random, and a connection must be opened where it was negotiated.
   */
  secret?: string | Buffer;
  /**
   * The name of this process among those that share the secret: 1–64 letters, digits, _ and -. All
   * tokens that it hands out carry it, so that requests can be brought back to it.
   */
  nodeId?: string;
  /**
   * Called for a request that only the process of that name can serve, whose answer the host then
   * owes: it passes it on. Plain WebSockets never need it. Without this function the answer is 404.
   */
  onElsewhere?(nodeId: string, arrival: Arrival): void;
  /**
   * The browser origins that get CORS headers; by default none. A WebSocket is not subject to CORS:
   * where cookies authenticate, `authenticate` has to look at the Origin header itself.
   */
  allowOrigin?: (origin: string) => boolean;
  /** Runs around every call of a method, as a hub filter does in ASP.NET Core. */
  filter?: Filter<HubConnection<Identity, Client>>;
  limits?: Partial<Limits>;
  /** Awaited before the first call of the connection is read; may send. A throw disconnects. */
  onConnected?(connection: HubConnection<Identity, Client>): void | Promise<void>;
  /** Called once for each connection that `onConnected` was called for. */
  onDisconnected?(
    connection: HubConnection<Identity, Client>,
    reason: DisconnectReason,
  ): void | Promise<void>;
  /**
   * The client is back after its socket broke. Of the messages sent as `latest` it may have missed
   * the last ones: what they told has to be sent again, as it is now.
   */
  onReattached?(connection: HubConnection<Identity, Client>): void;
  /** The connection has become `writable` again. */
  onDrain?(connection: HubConnection<Identity, Client>): void;
  onInvocation?(end: InvocationEnd<HubConnection<Identity, Client>>): void;
  /**
   * Called for each refused request to which `authenticate` has given no problem, so for what the hub
   * itself refuses. What it returns is sent as the JSON of a problem (RFC 9457).
   */
  onRefused?(refused: Refused): object | undefined;
  /** Failures of the host's own functions, other than hub methods, that no client is told about. */
  onError?(error: unknown): void;
}
