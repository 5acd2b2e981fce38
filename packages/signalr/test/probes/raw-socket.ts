/** A WebSocket by hand, for frames and requests that no library would send. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface UpgradeOptions {
  url?: string;
  /** Instead of what the URL says. */
  path?: string;
  httpVersion?: string;
  method?: string;
  headers?: string[];
  /** Bytes behind the request, in the same write. */
  head?: Buffer;
}

export interface OutgoingFrame {
  text?: string;
  bytes?: Buffer;
  opcode?: number;
  fin?: boolean;
  rsv?: number;
  masked?: boolean;
  /** What the header claims, when it is not the truth. */
  claimedLength?: number;
}

export interface IncomingFrame {
  opcode: number;
  text: string;
  payload: Buffer;
}

const usualHeaders = [
  'Host: a',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

export const opcodes = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export class RawSocket {
  /** The answer to the upgrade, up to its empty line. */
  answer = '';
  readonly #socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  #ended = false;
  #wake: (() => void) | undefined;

  /** Resolves when the request has been answered, whatever the answer is. */
  static async upgrade(url: string, options: UpgradeOptions = {}): Promise<RawSocket> {
    const { httpVersion = '1.1', method = 'GET', headers = usualHeaders, head } = options;
    const { pathname, search } = new URL(url);
    const { path = pathname + search } = options;
    const request = [`${method} ${path} HTTP/${httpVersion}`, ...headers, '', ''].join('\r\n');
    const socket = await RawSocket.send(url, request, head);
    await socket.#readAnswer();
    return socket;
  }

  /** Sends bytes to the server of the URL. */
  static async send(url: string, text: string, head: Buffer = Buffer.alloc(0)): Promise<RawSocket> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    const raw = new RawSocket(socket);
    socket.write(Buffer.concat([Buffer.from(text, 'latin1'), head]));
    return raw;
  }

  static readonly usualHeaders = usualHeaders;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#wake?.();
    });
    socket.on('close', () => {
      this.#ended = true;
      this.#wake?.();
    });
  }

  get status(): number {
    return Number(this.answer.slice(9, 12));
  }

  write(bytes: Buffer | string): void {
    this.#socket.write(bytes);
  }

  sendFrame(frame: OutgoingFrame): void {
    this.#socket.write(encodeFrame(frame));
  }

  /** The next frame; fails when the socket ends instead. */
  async nextFrame(): Promise<IncomingFrame> {
    for (;;) {
      const frame = this.#takeFrame();
      if (frame !== undefined) return frame;
      if (this.#ended) throw new Error('the socket has ended');
      await this.#event();
    }
  }

  /** The status of the close frame that comes, whatever comes before it; 1006 when none does. */
  async closeStatus(): Promise<number> {
    for (;;) {
      const frame = this.#takeFrame();
      if (frame?.opcode === opcodes.close) {
        return frame.payload.length < 2 ? 1005 : frame.payload.readUInt16BE();
      }
      if (frame !== undefined) continue;
      if (this.#ended) return 1006;
      await this.#event();
    }
  }

  /** All that comes until the server ends the socket. */
  async rest(): Promise<string> {
    await this.ended();
    return this.#bytes.toString('latin1');
  }

  async ended(): Promise<void> {
    while (!this.#ended) await this.#event();
  }

  /** Goes away without a word. */
  destroy(): void {
    this.#socket.destroy();
  }

  async #readAnswer(): Promise<void> {
    for (;;) {
      const end = this.#bytes.indexOf('\r\n\r\n');
      if (end !== -1 || this.#ended) {
        this.answer = this.#bytes.toString('latin1', 0, Math.max(end, 0));
        this.#bytes = this.#bytes.subarray(end + 4);
        return;
      }
      await this.#event();
    }
  }

  /** Frames of a server are not masked. */
  #takeFrame(): IncomingFrame | undefined {
    const bytes = this.#bytes;
    if (bytes.length < 2) return undefined;
    let [length, start] = [bytes[1]! & 0x7f, 2];
    if (length >= 126) {
      start = length === 126 ? 4 : 10;
      if (bytes.length < start) return undefined;
      length = start === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    }
    if (bytes.length < start + length) return undefined;
    const payload = bytes.subarray(start, start + length);
    this.#bytes = bytes.subarray(start + length);
    return { opcode: bytes[0]! & 0x0f, payload, text: payload.toString('utf8') };
  }

  #event(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

function encodeFrame(frame: OutgoingFrame): Buffer {
  const { text, bytes = Buffer.from(text ?? ''), fin = true, rsv = 0, masked = true } = frame;
  const { opcode = text === undefined ? opcodes.binary : opcodes.text } = frame;
  const length = frame.claimedLength ?? bytes.length;
  const head = Buffer.alloc(10);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const mask = masked ? 0x80 : 0;
  let size = 2;
  if (length < 126) {
    head[1] = mask | length;
  } else if (length < 65_536) {
    head[1] = mask | 126;
    size = head.writeUInt16BE(length, 2);
  } else {
    head[1] = mask | 127;
    size = head.writeBigUInt64BE(BigInt(length), 2);
  }
  if (!masked) return Buffer.concat([head.subarray(0, size), bytes]);
  const key = Buffer.from([1, 2, 3, 4]);
  const body = bytes.map((byte, index) => byte ^ key[index % 4]!);
  return Buffer.concat([head.subarray(0, size), key, body]);
}
