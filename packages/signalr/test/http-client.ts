/** A client of server-sent events and long polling by hand, to say what no official client says. */
import { once } from 'node:events';
import { Agent, request, type IncomingMessage, type ClientRequest } from 'node:http';
import { negotiate } from './requests.ts';

export interface Answered {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

export const jsonHandshake = '{"protocol":"json","version":1}\x1e';

/** Resolves to the whole answer, its body as Latin-1. */
export async function send(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Answered> {
  const { method = 'GET', headers = {}, body } = options;
  const asking = request(url, { method, headers, agent: oneEach });
  asking.end(body);
  return answerOf(asking);
}

export async function answerOf(asking: ClientRequest): Promise<Answered> {
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of answer.setEncoding('latin1')) body += String(chunk);
  return { status: answer.statusCode ?? 0, headers: answer.headers, body };
}

/** The URL of a negotiated connection that nobody has opened. */
export async function negotiated(url: string): Promise<string> {
  return `${url}?id=${(await negotiate(url)).connectionToken}`;
}

/** A long-polling connection after its first poll and handshake; its URL. */
export async function startPolling(url: string, handshake = jsonHandshake): Promise<string> {
  const connection = await negotiated(url);
  await send(connection);
  await send(connection, { method: 'POST', body: handshake });
  await send(connection);
  return connection;
}

/** An event stream, its events one by one. */
export class EventStream {
  readonly answer: IncomingMessage;
  readonly #asking: ClientRequest;
  #text = '';
  #ended = false;
  #changed = Promise.withResolvers<void>();

  static async open(url: string): Promise<EventStream> {
    const asking = request(url, { headers: { accept: 'text/event-stream' }, agent: oneEach });
    asking.end();
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    return new EventStream(asking, answer);
  }

  private constructor(asking: ClientRequest, answer: IncomingMessage) {
    this.#asking = asking;
    this.answer = answer;
    asking.on('error', () => {});
    answer.on('error', () => {});
    answer.setEncoding('utf8');
    answer.on('data', (text: string) => {
      this.#text += text;
      this.#wake();
    });
    answer.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  /** The bytes up to the next empty line, or those of the comment that opens the stream. */
  async next(): Promise<string> {
    while (true) {
      const end = this.#text.startsWith(':') ? '\r\n' : '\r\n\r\n';
      const at = this.#text.indexOf(end);
      if (at !== -1) {
        const event = this.#text.slice(0, at + end.length);
        this.#text = this.#text.slice(event.length);
        return event;
      }
      if (this.#ended) throw new Error('the stream has ended');
      await this.#changed.promise;
    }
  }

  async ended(): Promise<void> {
    while (!this.#ended) await this.#changed.promise;
  }

  leave(): void {
    this.#asking.destroy();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** Nothing is shared, so that no request waits for another one's connection. */
const oneEach = new Agent({ maxSockets: Infinity, keepAlive: false });
