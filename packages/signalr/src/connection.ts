/**
 * One client: handshake, then a session with messages in both directions until either side ends it. Its
 * outbox never buffers for a slow reader beyond a limit: `writable` tells the host to hold back and to
 * send the latest when `onDrain` says that there is room again.
 */
import type { Caller } from './calls/answer-call.ts';
import { Calls, type CallsHost } from './calls/calls.ts';
import { ClientResultError } from './calls/client-results.ts';
import type { OutputOf, StandardSchema } from './calls/standard-schema.ts';
import { type DisconnectCode, type DisconnectReason, disconnectOf } from './disconnects.ts';
import type { Bundles } from './protocol/bundles.ts';
import { ProtocolError } from './errors.ts';
import type { HubConnection } from './hub-connection.ts';
import { readHandshake, writeHandshakeAnswer } from './protocol/handshake.ts';
import { Inbox, type InboxOwner } from './inbox.ts';
import { type EncodedMessage, type HubMessage, messageTypes } from './protocol/protocol.ts';
import { Outbox } from './outbox.ts';
import { Session } from './session.ts';
import type { Transport, TransportListener, TransportName } from './transports/transport.ts';

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
  /** Since the handshake. */
  #session: Session | undefined;
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
    return this.#session?.stateful === true;
  }

  /** All that the client may have missed can be sent again, over another socket. */
  get resumable(): boolean {
    return this.#session?.resumable === true;
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
    if (this.closed || messages.length === 0) return;
    if (this.#session?.sendEncoded(messages) === false) this.disconnect('slow_consumer');
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
    if (this.#session !== undefined && code !== 'client_closed') {
      const words = error === undefined ? {} : { error };
      const { close: type } = messageTypes;
      this.#outbox.send(this.#session.protocol.write({ type, ...words, allowReconnect }));
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
    } else if (this.#session === undefined) {
      if (now - this.#openedAt > limits.handshakeMs) this.disconnect('handshake_timeout');
    } else if (Date.now() > this.expiresAtMs) {
      this.disconnect('authentication_expired');
    } else {
      this.#sweepOpen(now, this.#session);
    }
  }

  #sweepOpen(now: number, session: Session): void {
    const { inherentKeepAlive } = this.transport;
    const silent = now - this.#receivedAt > this.#host.limits.clientTimeoutMs;
    const state = this.#outbox.sweep(now);
    if (state === 'lost') this.disconnect('connection_lost');
    else if (state === 'drained') this.flushed();
    else if (state === 'stalled') this.disconnect('slow_consumer');
    else if (inherentKeepAlive || this.#outbox.detached) return;
    else if (silent && !this.#inbox.paused) this.disconnect('client_timeout');
    else if (state === 'quiet') session.send({ type: messageTypes.ping });
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
    if (!this.#session!.resume()) this.disconnect('slow_consumer');
    this.#host.reattached(this);
    if (this.writable) this.#drained();
  }

  received(frame: Buffer): void {
    if (this.closed) return;
    this.#receivedAt = performance.now();
    this.#host.stats.bytesReceived += frame.length;
    if (this.#session === undefined) return this.#shakeHands(frame);
    this.#session.arrived(frame);
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
    const resumable = !left && !this.closed && this.resumable;
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
    const session = this.#session!;
    const isNew = session.receive(message);
    if (session.ackIsDue) this.#acknowledge();
    if (!isNew) return;
    if (message.type === messageTypes.close) this.disconnect('client_closed');
    else await this.#calls.handle(message);
  }

  write(message: HubMessage): void {
    if (this.closed) return;
    if (this.#session?.send(message) === false) this.disconnect('slow_consumer');
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
    const { bundles, limits } = this.#host;
    this.#session = new Session({
      protocol: handshake.protocol,
      stateful: this.#mayReattach && handshake.version >= statefulVersion,
      outbox: this.#outbox,
      bundles,
      limits,
    });
    this.#outbox.format = format;
    this.#outbox.send(writeHandshakeAnswer());
    if (handshake.rest.length > 0) this.#inbox.push(handshake.rest);
    this.#starting = this.#start();
  }

  #refuseHandshake(error: string): void {
    this.#outbox.send(writeHandshakeAnswer(error));
    this.disconnect('handshake_refused', { error });
  }

  async #start(): Promise<void> {
    try {
      await this.#host.connected(this);
      this.#connected = true;
      this.#inbox.open(this.#session!.protocol);
    } catch (error) {
      this.failed(error);
    }
  }

  #drained(): void {
    this.#calls.resume();
    this.#host.drained(this);
  }

  #acknowledge(): void {
    if (this.closed) return;
    if (!this.#session!.acknowledge()) this.disconnect('slow_consumer');
  }

  async #end(reason: DisconnectReason): Promise<void> {
    this.#outbox.release();
    this.#host.ended(this, reason);
    if (this.#starting === undefined) return;
    await this.#starting;
    await this.#host.disconnected(this, reason);
  }
}

const noBytes = Buffer.alloc(0);

/** The version of the protocol that has stateful reconnects. */
const statefulVersion = 2;

/** Hears of a socket that has been replaced. */
const nobody: TransportListener = { received() {}, flushed() {}, broken() {}, ended() {} };
