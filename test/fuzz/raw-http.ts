// HTTP as bytes on a socket. Real clients refuse to send most of what is wrong with a request, so
// the tests write it themselves.
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

const answerWithinMs = 5_000;

export type Header = readonly [name: string, value: string];

export interface RawRequest {
  readonly method: string;
  /** Path and query as they stand on the request line, in Latin-1. */
  readonly target: string;
  /** In Latin-1; where none of them frames the body, its length is added. */
  readonly headers: readonly Header[];
  readonly body?: Buffer | undefined;
}

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; of repeated ones the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Sends a request on a connection of its own. */
export async function exchange(url: string, request: RawRequest): Promise<RawAnswer> {
  const connection = await openConnection(url);
  try {
    connection.socket.write(bytesOf(request));
    return await connection.answer(request.method);
  } finally {
    connection.socket.destroy();
  }
}

export interface Connection {
  readonly socket: Socket;
  /** The next answer; rejects when the connection ends without one. */
  answer(method?: string): Promise<RawAnswer>;
}

export async function openConnection(url: string, withinMs = answerWithinMs): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket = connect({
    host: hostname,
    port: Number(port),
    noDelay: true,
    allowHalfOpen: true,
  });
  let received: Buffer = nothing;
  let ended = false;
  let changed = Promise.withResolvers<void>();
  const change = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    change();
  });
  for (const event of ['end', 'close', 'error']) {
    socket.on(event, () => {
      ended = true;
      change();
    });
  }
  await once(socket, 'connect');
  return {
    socket,
    async answer(method = 'GET') {
      const timer = setTimeout(() => socket.destroy(), withinMs);
      try {
        for (;;) {
          const parsed = parse(received, { bodyless: method === 'HEAD', ended });
          if (parsed !== undefined) {
            received = received.subarray(parsed.length);
            // 100 Continue, and other answers before the answer.
            if (parsed.answer.status >= 200) return parsed.answer;
          } else if (ended) {
            throw new Error(`No answer, but ${JSON.stringify(received.toString('latin1'))}`);
          } else {
            await changed.promise;
          }
        }
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function bytesOf({ method, target, headers, body = nothing }: RawRequest): Buffer {
  const framing = headers.find(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  const isChunked = framing?.[1] === 'chunked';
  const all = [...headers];
  if (framing === undefined && body !== nothing) all.push(['content-length', String(body.length)]);
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${method} ${target} HTTP/1.1\r\nhost: atlas.test\r\n${lines.join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), isChunked ? chunked(body) : body]);
}

const nothing = Buffer.alloc(0);

function chunked(body: Buffer): Buffer {
  const chunk = [Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')];
  return Buffer.concat([...(body.length === 0 ? [] : chunk), Buffer.from('0\r\n\r\n')]);
}

interface Parsed {
  readonly answer: RawAnswer;
  readonly length: number;
}

/** Undefined until the whole answer is there. */
function parse(
  bytes: Buffer,
  { bodyless, ended }: { bodyless: boolean; ended: boolean },
): Parsed | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  ) as Record<string, string>;
  const start = headEnd + 4;
  const whole = (body: Buffer, length: number) => ({
    answer: { status, headers, body },
    length: start + length,
  });
  if (bodyless || status < 200 || status === 204 || status === 304) {
    return whole(nothing, 0);
  }
  const rest = bytes.subarray(start);
  if (headers['transfer-encoding'] === 'chunked') return unchunk(rest, whole);
  const length = headers['content-length'];
  if (length === undefined) return ended ? whole(rest, rest.length) : undefined;
  return rest.length < Number(length)
    ? undefined
    : whole(rest.subarray(0, Number(length)), Number(length));
}

function unchunk(
  bytes: Buffer,
  whole: (body: Buffer, length: number) => Parsed,
): Parsed | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16);
    const end = lineEnd + 2 + size;
    if (bytes.length < end + 2) return undefined;
    if (size === 0) return whole(Buffer.concat(chunks), end + 2);
    chunks.push(bytes.subarray(lineEnd + 2, end));
    at = end + 2;
  }
}
