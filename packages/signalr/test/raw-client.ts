/** A WebSocket without a SignalR client, to say what no official client says. */
import { once } from 'node:events';
import { WebSocket } from 'ws';

export class RawClient {
  readonly socket: WebSocket;
  readonly #frames: { text: string; binary: boolean }[] = [];
  #waiting: (() => void) | undefined;
  #closed: number | undefined;

  /** Resolves when the WebSocket is open. */
  static async connect(url: string, headers: Record<string, string> = {}): Promise<RawClient> {
    const client = new RawClient(url, headers);
    await once(client.socket, 'open');
    return client;
  }

  /** Resolves when the handshake is done; the answer has been read. */
  static async start(url: string, protocol = 'json'): Promise<RawClient> {
    const client = await RawClient.connect(url);
    client.say({ protocol, version: 1 });
    await client.nextText();
    return client;
  }

  private constructor(url: string, headers: Record<string, string>) {
    this.socket = new WebSocket(url.replace('http', 'ws'), { headers });
    this.socket.on('error', () => {});
    this.socket.on('message', (data, binary) => {
      this.#frames.push({ text: (data as Buffer).toString('latin1'), binary });
      this.#waiting?.();
    });
    this.socket.on('close', (code) => {
      this.#closed = code;
      this.#waiting?.();
    });
  }

  /** Sends JSON messages in one text frame. */
  say(...messages: object[]): void {
    this.socket.send(messages.map((message) => `${JSON.stringify(message)}\x1e`).join(''));
  }

  sendBytes(bytes: Uint8Array | number[]): void {
    this.socket.send(Uint8Array.from(bytes));
  }

  /** The next frame, its bytes as Latin-1; fails when the socket closes instead. */
  async next(): Promise<{ text: string; binary: boolean }> {
    while (this.#frames.length === 0) {
      if (this.#closed !== undefined) throw new Error(`closed with ${this.#closed}`);
      await this.#event();
    }
    return this.#frames.shift()!;
  }

  async nextText(): Promise<string> {
    return (await this.next()).text;
  }

  /** The first JSON message of the next frame. */
  async nextMessage(): Promise<Record<string, unknown>> {
    const text = await this.nextText();
    return JSON.parse(text.slice(0, text.indexOf('\x1e'))) as Record<string, unknown>;
  }

  /** The status that the WebSocket closed with. */
  async closed(): Promise<number> {
    while (this.#closed === undefined) await this.#event();
    return this.#closed;
  }

  #event(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }
}
