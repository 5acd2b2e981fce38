// The least HTTP/1.1 client that can measure: one kept connection, one request at a time, prepared
// bytes out, a status and a body back. A full client costs as much CPU as the server it would measure.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { readAnswer, type HttpAnswer } from './read-answer.ts';

export type { HttpAnswer } from './read-answer.ts';

export class HttpConnection {
  readonly #socket: Socket;
  #received = '';
  #answer: { resolve(answer: HttpAnswer): void; reject(error: Error): void } | undefined;
  #reused = false;

  /** Called once, when the connection can no longer be used. */
  onClosed: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    // Only ASCII bodies are sent here, so that characters are bytes.
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#receive(text));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => {
      this.#fail(new Error('the connection was closed'));
      this.onClosed();
    });
  }

  /** Not yet open: what is sent meanwhile goes out when it is. */
  static to({ protocol, hostname, port }: URL): HttpConnection {
    const secure = protocol === 'https:';
    const place = { host: hostname, port: Number(port) || (secure ? 443 : 80) };
    return new HttpConnection(
      secure ? connectTls({ ...place, servername: hostname }) : connect(place),
    );
  }

  /** @throws when nobody answers there. */
  static async open(url: string): Promise<HttpConnection> {
    const connection = HttpConnection.to(new URL(url));
    await once(connection.#socket, 'connect');
    return connection;
  }

  /**
   * The server had answered on this connection before and has now said nothing at all: it may have
   * closed it as idle while the request was on its way, and any client would send that once more.
   */
  get closedAsIdle(): boolean {
    return this.#reused && this.#received === '';
  }

  /** Sends a whole request; see `requestText`. @throws when the connection breaks. */
  send(text: string): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      this.#socket.write(text, 'latin1');
    });
  }

  /** An answer that is still awaited is an error. */
  close(): void {
    this.#socket.destroy();
  }

  #receive(text: string): void {
    this.#received = this.#received === '' ? text : this.#received + text;
    try {
      const read = readAnswer(this.#received);
      if (read === undefined) return;
      this.#received = this.#received.slice(read.length);
      this.#reused = true;
      const answer = this.#answer;
      this.#answer = undefined;
      answer?.resolve(read.answer);
    } catch (error) {
      this.#fail(error as Error);
      this.#socket.destroy();
    }
  }

  #fail(error: Error): void {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.reject(error);
  }
}

export function connectAll(url: string, count: number): Promise<HttpConnection[]> {
  return Promise.all(Array.from({ length: count }, () => HttpConnection.open(url)));
}

export function requestText(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): string {
  const lines = Object.entries({
    host: 'localhost',
    ...headers,
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(body.length) }),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`;
}
