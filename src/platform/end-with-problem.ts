// Answers in problem+json where no app answers: on a response of Node's own, or on a bare connection.
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Problem } from '../contracts/problems.ts';

const mediaType = 'application/problem+json';

/** The connection is closed after it. */
export function answerProblem(
  response: ServerResponse,
  body: Problem,
  retryAfterSeconds?: number,
): void {
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', retryAfterSeconds);
  response.writeHead(body.status, { 'content-type': mediaType, connection: 'close' });
  response.end(JSON.stringify(body));
}

/** Writes a problem as the answer of a connection that no app answers, and closes it. */
export function endWithProblem(socket: Duplex, body: Problem, retryAfterSeconds?: number): void {
  const json = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status]}\r\n` +
      `content-type: ${mediaType}\r\ncontent-length: ${Buffer.byteLength(json)}\r\n` +
      (retryAfterSeconds === undefined ? '' : `retry-after: ${retryAfterSeconds}\r\n`) +
      `connection: close\r\n\r\n${json}`,
  );
}
