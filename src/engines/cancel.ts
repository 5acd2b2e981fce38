// Ends the statement that a connection is busy with, as the protocol has it: by another connection, which
// sends the key of the first. The server looks at it before it asks for TLS or a login, and closes.
import { connect } from 'node:net';
import type pg from 'pg';

/** What is sent in place of a version, and means: cancel. */
const cancelRequest = 80_877_102;
/** A server that does not close has more to do than to cancel; the statement ends by its own limit. */
const answerMs = 1_000;

/** What `pg` knows of a connection and its types do not. */
interface Keyed {
  readonly host: string;
  readonly port: number;
  readonly processID: number;
  readonly secretKey: number;
}

/** Resolves when the server has been told, or cannot be: the statement says how it ended. */
export async function cancelStatement(busy: pg.ClientBase): Promise<void> {
  const { host, port, processID, secretKey } = busy as unknown as Keyed;
  const bytes = Buffer.alloc(16);
  for (const [i, value] of [16, cancelRequest, processID, secretKey].entries()) {
    bytes.writeInt32BE(value, 4 * i);
  }
  const socket = connect(
    host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port },
  );
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve()).on('error', () => socket.destroy());
    socket.setTimeout(answerMs, () => socket.destroy()).resume();
    socket.end(bytes);
  });
}
