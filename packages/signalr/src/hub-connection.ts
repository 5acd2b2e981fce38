/** What the host sees of a client: who it is, whether it can take more, and how to tell it something. */
import type { OutputOf, StandardSchema } from './calls/standard-schema.ts';
import type { AnyClient, ClientMethods, TargetOf } from './client-methods.ts';
import type { EncodedMessage } from './protocol/protocol.ts';
import type { TransportName } from './transports/transport.ts';

export interface HubConnection<Identity, Client extends ClientMethods<Client> = AnyClient> {
  /** Public: other clients may know it. */
  readonly id: string;
  /** What `authenticate` returned. */
  readonly identity: Identity;
  /** How its client reaches it; for one that comes back, last did. */
  readonly transportName: TransportName;
  /** Time of day at which the client's authentication ends; the host may move it. */
  expiresAtMs: number;
  /** From here on nothing is sent or received. */
  readonly closed: boolean;
  /** False while more than `writableBytesMax` wait in the socket, while it has none, and once closed. */
  readonly writable: boolean;
  /** Bytes sent that no peer and no kernel has taken yet. */
  readonly waitingBytes: number;
  /**
   * Calls a method of the client with plain data: what JSON cannot hold, such as a bigint, throws,
   * and a Date would differ between the encodings. After the end it does nothing.
   */
  send<Target extends TargetOf<Client>>(target: Target, args: Client[Target]): void;
  /**
   * Calls a method of the client and resolves to its result, as `schema` gives it back; without one
   * it is whatever the client sent. Rejects with a `ClientResultError` when the client answers with an
   * error, gives no valid result within `timeoutMs` (default `clientResultMs`) or is gone. A client is
   * heard only after `onConnected`.
   */
  invoke<Target extends TargetOf<Client>, Schema extends StandardSchema = StandardSchema>(
    target: Target,
    args: Client[Target],
    options?: { schema?: Schema; timeoutMs?: number },
  ): Promise<OutputOf<Schema>>;
  /** Sends messages that were encoded for many connections; all of them go into one frame. The list is
   * not kept. */
  sendEncoded(messages: readonly EncodedMessage[]): void;
  /** Tells the client the reason, and whether to connect again by itself (default: no). */
  close(options?: { error?: string; allowReconnect?: boolean }): void;
}
