/**
 * One client: handshake, then messages in both directions until either side ends it. Its outbox never
 * buffers for a slow reader beyond a limit: `writable` tells the host to hold back and to send the
 * latest when `onDrain` says that there is room again.
 */
import type { Caller } from './calls/answer-call.ts';
import { Calls, type CallsHost } from './calls/calls.ts';
import { ClientResultError } from './calls/client-results.ts';
import type { OutputOf, StandardSchema } from './calls/standard-schema.ts';
import type { AnyClient, ClientMethods, TargetOf } from './client-methods.ts';
import { type DisconnectCode, type DisconnectReason, disconnectOf } from './disconnects.ts';
import type { Bundles } from './protocol/bundles.ts';
import type { EncodedMessage } from './protocol/encoded-message.ts';
import { ProtocolError } from './errors.ts';
import { readHandshake, writeHandshakeAnswer } from './protocol/handshake.ts';
import { Inbox, type InboxOwner } from './inbox.ts';
import { type HubMessage, type HubProtocol, isCounted, messageTypes } from './protocol/protocol.ts';
import { Outbox } from './outbox.ts';
import { Replay } from './replay.ts';
import type { Transport, TransportListener, TransportName } from './transports/transport.ts';

/** What the host sees of a client. */
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

/** What the hub does for its connections. */
export interface ConnectionHost<Identity> extends CallsHost<Connection<Identity>> {
  /** The handshake is done; calls are read when this resolves. */
  connected(connection: Connection<Identity>): Promise<void>;
  bundles: Bundles;
  /** The client is back; what it was sent as `latest` it may not have. */
  reattached(connection: Connection<Identity>): void;
  /** There is room in the socket again. */
  drained(connection: Connection<Identity>): void;
  /** The socket is gone. */
  ended(connection: Connection<Identity>, reason: DisconnectReason): void;
  /** After `ended` and after `connected` has settled. Never rejects. */
  disconnected(connection: Connection<Identity>, reason: DisconnectReason): Promise<void>;
}

export class Connection<Identity>
  implements HubConnection<Identity>, TransportListener, InboxOwner, Caller
{
  readonly id: string;
  readonly identity: Identity;
  expiresAtMs: number;
  /** May go on over another socket, if the client says so at the handshake. */
  readonly #mayReattach: boolean;
  readonly #host: ConnectionHost<Identity>;
  readonly #inbox: Inbox;
  readonly #calls: Calls<Connection<Identity>>;
  #openedAt = performance.now();
  readonly #outbox: Outbox;
  #handshake: Buffer = noBytes;
  #protocol: HubProtocol | undefined;
  #replay: Replay | undefined;
  #reason: DisconnectReason | undefined;
  #closingAt = 0;
  #receivedAt = this.#openedAt;
  #starting: Promise<void> | undefined;
  #connected = false;

  constructor(options: {
    id: string;
    stateful: boolean;
    identity: Identity;
    expiresAtMs: number;
    transport: Transport;
    host: ConnectionHost<Identity>;
  }) {
    this.id = options.id;
    this.identity = options.identity;
    this.expiresAtMs = options.expiresAtMs;
    this.#mayReattach = options.stateful;
    this.#host = options.host;
    this.#outbox = new Outbox(options.transport, options.host);
    this.#inbox = new Inbox(this, options.host.limits);
    this.#calls = new Calls<Connection<Identity>>(this, options.host);
  }

  /** What carries its frames, or did so last. */
  get transport(): Transport {
    return this.#outbox.transport;
  }

  get transportName(): TransportName {
    return this.transport.name;
  }

  /** Another socket may take the place of this one. */
  get stateful(): boolean {
    return this.#replay !== undefined;
  }

  get closed(): boolean {
    return this.#reason !== undefined;
  }

  /** The host has been introduced to it, and it may call. */
  get connected(): boolean {
    return this.#connected && !this.closed;
  }

  get writable(): boolean {
    return this.#outbox.writable && !this.closed;
  }

  get waitingBytes(): number {
    return this.transport.waitingBytes;
  }

  send(target: string, args: readonly unknown[]): void {
    this.write({ type: messageTypes.invocation, target, arguments: args });
  }

  async invoke<Schema extends StandardSchema>(
    target: string,
    args: readonly unknown[],
    options: { schema?: Schema; timeoutMs?: number } = {},
  ): Promise<OutputOf<Schema>> {
    if (!this.connected) throw new ClientResultError('disconnected', 'no client is heard here');
    return this.#calls.request(target, args, options);
  }

  sendEncoded(messages: readonly EncodedMessage[]): void {
    const protocol = this.#protocol;
    if (this.closed || protocol === undefined || messages.length === 0) return;
    if (this.#replay !== undefined) {
      for (const message of messages) this.#replay.send(protocol.encoded(message), message);
    }
    this.#write(this.#host.bundles.of(messages, protocol));
  }

  close(options: { error?: string; allowReconnect?: boolean } = {}): void {
    this.disconnect('server_closed', options);
  }

  /** Ends the connection once; the words and the permission to reconnect may be given anew. */
  disconnect(
    code: DisconnectCode,
    options: { error?: string; allowReconnect?: boolean } = {},
  ): void {
    if (this.closed) return;
    const { error, allowReconnect, status } = { ...disconnectOf(code), ...options };
    this.#reason = error === undefined ? { code } : { code, error };
    this.#closingAt = performance.now();
    this.#inbox.stop();
    this.#calls.stop();
    if (this.#outbox.detached) return void this.#end(this.#reason);
    if (code === 'slow_consumer') return this.transport.terminate();
    if (this.#protocol !== undefined && code !== 'client_closed') {
      const words = error === undefined ? {} : { error };
      const { close: type } = messageTypes;
      this.#outbox.send(this.#protocol.write({ type, ...words, allowReconnect }));
    }
    this.transport.close(status, code);
  }

  /**
   * Looks at every timeout of the connection; `now` is `performance.now()`. While this process was
   * held up, since the last sweep, nobody could be heard: that time counts against no client.
   */
  sweep(now: number, heldUpMs = 0): void {
    const { limits } = this.#host;
    this.#openedAt += heldUpMs;
    this.#receivedAt += heldUpMs;
    this.#outbox.heldUp(heldUpMs);
    this.#calls.sweep(now);
    if (this.closed) {
      if (now - this.#closingAt > limits.closeMs) this.transport.terminate();
    } else if (this.#protocol === undefined) {
      if (now - this.#openedAt > limits.handshakeMs) this.disconnect('handshake_timeout');
    } else if (Date.now() > this.expiresAtMs) {
      this.disconnect('authentication_expired');
    } else {
      this.#sweepOpen(now, this.#protocol);
    }
  }

  #sweepOpen(now: number, protocol: HubProtocol): void {
    const { inherentKeepAlive } = this.transport;
    const silent = now - this.#receivedAt > this.#host.limits.clientTimeoutMs;
    const state = this.#outbox.sweep(now);
    if (state === 'lost') this.disconnect('connection_lost');
    else if (state === 'drained') this.flushed();
    else if (state === 'stalled') this.disconnect('slow_consumer');
    else if (inherentKeepAlive || this.#outbox.detached) return;
    else if (silent && !this.#inbox.paused) this.disconnect('client_timeout');
    else if (state === 'quiet') this.#write(protocol.write({ type: messageTypes.ping }));
    this.#acknowledge();
  }

  /** Goes on over another socket, whether or not the last one is known to be broken. */
  reattach(transport: Transport): void {
    this.transport.listen(nobody);
    this.#outbox.replace(transport);
    this.#receivedAt = performance.now();
    // What has arrived and was not read, the client sends again.
    this.#inbox.clear();
    transport.listen(this);
    for (const frame of this.#replay!.begin(this.#protocol!)) this.#write(frame);
    this.#host.reattached(this);
    if (this.writable) this.#drained();
  }

  received(frame: Buffer): void {
    if (this.closed) return;
    this.#receivedAt = performance.now();
    this.#host.stats.bytesReceived += frame.length;
    if (this.#protocol === undefined) return this.#shakeHands(frame);
    this.#replay?.arrived(frame);
    this.#inbox.push(frame);
  }

  flushed(): void {
    if (this.#outbox.flushed() && !this.closed) this.#drained();
  }

  broken(code: 'malformed_message' | 'message_too_large'): void {
    this.disconnect(code);
  }

  failed(error: unknown): void {
    if (error instanceof ProtocolError) {
      this.disconnect(error.code, { error: error.message });
    } else {
      this.#host.failed(error);
      this.disconnect('internal_error');
    }
  }

  ended(status: number): void {
    const left = status === 1000 || status === 1001 || status === 1005;
    const resumable = !left && !this.closed && this.#replay?.possible === true;
    if (resumable && this.#outbox.detach()) return;
    this.#reason ??= { code: left ? 'client_closed' : 'connection_lost' };
    this.#inbox.stop();
    this.#calls.stop();
    void this.#end(this.#reason);
  }

  pause(): void {
    this.transport.pause();
  }

  resume(): void {
    this.#receivedAt = performance.now();
    this.transport.resume();
  }

  async handle(message: HubMessage): Promise<void> {
    const isNew = this.#replay?.receive(message) ?? true;
    if (this.#replay?.ackIsDue) this.#acknowledge();
    if (!isNew) return;
    if (message.type === messageTypes.close) this.disconnect('client_closed');
    else await this.#calls.handle(message);
  }

  write(message: HubMessage): void {
    if (this.closed || this.#protocol === undefined) return;
    const bytes = this.#protocol.write(message);
    if (isCounted(message.type)) this.#replay?.send(bytes);
    this.#write(bytes);
  }

  #shakeHands(frame: Buffer): void {
    this.#handshake = Buffer.concat([this.#handshake, frame]);
    const handshake = readHandshake(this.#handshake, this.#host.limits.handshakeBytesMax);
    if (handshake.state === 'incomplete') return;
    this.#handshake = noBytes;
    if (handshake.state === 'refused') return this.#refuseHandshake(handshake.error);
    const { name, format } = handshake.protocol;
    if (!this.transport.formats.includes(format)) {
      return this.#refuseHandshake(`The transport cannot carry ${format} frames of ${name}.`);
    }
    this.#protocol = handshake.protocol;
    if (this.#mayReattach && handshake.version >= statefulVersion) {
      this.#replay = new Replay(this.#host.limits);
    }
    this.#outbox.format = format;
    this.#write(writeHandshakeAnswer());
    if (handshake.rest.length > 0) this.#inbox.push(handshake.rest);
    this.#starting = this.#start(handshake.protocol);
  }

  #refuseHandshake(error: string): void {
    this.#outbox.send(writeHandshakeAnswer(error));
    this.disconnect('handshake_refused', { error });
  }

  async #start(protocol: HubProtocol): Promise<void> {
    try {
      await this.#host.connected(this);
      this.#connected = true;
      this.#inbox.open(protocol);
    } catch (error) {
      this.failed(error);
    }
  }

  #drained(): void {
    this.#calls.resume();
    this.#host.drained(this);
  }

  #acknowledge(): void {
    if (this.closed || this.#outbox.detached) return;
    const ack = this.#replay?.takeAck();
    if (ack !== undefined) this.#write(this.#protocol!.write(ack));
  }

  async #end(reason: DisconnectReason): Promise<void> {
    this.#outbox.release();
    this.#host.ended(this, reason);
    if (this.#starting === undefined) return;
    await this.#starting;
    await this.#host.disconnected(this, reason);
  }

  #write(frame: Buffer): void {
    // Without a socket messages wait for as long as none is lost.
    const { detached, overrun } = this.#outbox;
    const tooMuch = detached ? this.#replay?.possible === false : overrun;
    if (tooMuch) this.disconnect('slow_consumer');
    else if (!detached) this.#outbox.send(frame);
  }
}

const noBytes = Buffer.alloc(0);

/** The version of the protocol that has stateful reconnects. */
const statefulVersion = 2;

/** Hears of a socket that has been replaced. */
const nobody: TransportListener = { received() {}, flushed() {}, broken() {}, ended() {} };
