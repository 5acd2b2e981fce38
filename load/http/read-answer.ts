// Finds the first whole HTTP/1.1 answer in what a connection has received so far: of known length, or
// in chunks, as servers and the proxies before them send them.

export interface HttpAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/**
 * @param received characters are bytes (latin1)
 * @returns the answer and how many characters it took; undefined while some are missing
 * @throws for an answer that only the end of the connection would end
 */
export function readAnswer(
  received: string,
): { readonly answer: HttpAnswer; readonly length: number } | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const head = received.slice(0, headEnd);
  const status = Number(head.slice(9, 12));
  const bodyAt = headEnd + 4;
  if (status === 304 || status === 204) {
    return { answer: { status, head, body: '' }, length: bodyAt };
  }
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const end = bodyAt + Number(length);
    if (received.length < end) return undefined;
    return { answer: { status, head, body: received.slice(bodyAt, end) }, length: end };
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) {
    throw new Error(`an answer without Content-Length: ${head}`);
  }
  const chunks = readChunks(received, bodyAt);
  return chunks && { answer: { status, head, body: chunks.body }, length: chunks.end };
}

function readChunks(received: string, from: number): { body: string; end: number } | undefined {
  let body = '';
  for (let at = from; ;) {
    const lineEnd = received.indexOf('\r\n', at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(received.slice(at, lineEnd), 16);
    if (Number.isNaN(size)) throw new Error('a chunk without its size');
    const end = lineEnd + 2 + size + 2;
    if (size === 0) {
      // Trailers, where there are any, end with an empty line like the chunks.
      const last = received.indexOf('\r\n\r\n', lineEnd);
      return last === -1 ? undefined : { body, end: last + 4 };
    }
    if (received.length < end) return undefined;
    body += received.slice(lineEnd + 2, end - 2);
    at = end;
  }
}
