// A request's body on its way through, never held, and cut off where it is longer than allowed: by
// its announced length before the first byte, else when the bytes are there.
import type { IncomingMessage } from 'node:http';
import { Transform, type TransformCallback } from 'node:stream';
import { ProblemError } from '../../contracts/problems.ts';

export const bodyBytesMax = 2 * 1024 * 1024;

/** The body to send on, or null without one. @throws ProblemError `payload_too_large`. */
export function limitedBody(request: IncomingMessage): Transform | null {
  const length = request.headers['content-length'];
  if (length === undefined && request.headers['transfer-encoding'] === undefined) return null;
  if (Number(length ?? 0) > bodyBytesMax) throw tooLarge();
  if (length === '0') return null;
  let bytes = 0;
  const limited = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      bytes += chunk.length;
      if (bytes > bodyBytesMax) done(tooLarge());
      else done(null, chunk);
    },
  });
  // Whoever sends it on hears of its end; after the answer nobody does.
  limited.on('error', () => {});
  request.once('error', (error) => limited.destroy(error));
  request.once('close', () => {
    if (!request.complete) limited.destroy(new Error('The caller went away'));
  });
  // Destroying this stream must not end the caller's connection.
  limited.once('close', () => request.unpipe(limited).resume());
  return request.pipe(limited);
}

function tooLarge(): ProblemError {
  return new ProblemError('payload_too_large', `A body may have ${bodyBytesMax} bytes.`);
}
