// Finds bodies that come too slowly. A time for the whole request is not enough: it must be long for
// honest callers on bad lines, and whoever sends a byte now and then may use all of it. So a body also
// has to make progress, as long as it is the caller whom we wait for.
import { isUnderWay, type OpenConnection } from './connections.ts';
import type { ServerLimits } from './limits.ts';

export type SlowBodyLimits = Pick<ServerLimits, 'bodyBytesMin' | 'bodyStretchMs'>;

/** Those that have made too little progress. To be called now and then: it lets go of what is answered. */
export function findSlowBodies(
  connections: Iterable<OpenConnection>,
  { bodyBytesMin, bodyStretchMs }: SlowBodyLimits,
  nowMs: number,
): OpenConnection[] {
  const slow: OpenConnection[] = [];
  for (const connection of connections) {
    const { request, socket, bodyBytes, bodyAtMs } = connection;
    if (request === undefined) continue;
    if (!isUnderWay(connection)) {
      connection.request = undefined;
      connection.response = undefined;
    } else if (!request.complete) {
      const { bytesRead } = socket;
      // What has come is waiting for us.
      const ours = request.readableLength > 0;
      if (ours || bodyAtMs === undefined || bytesRead - bodyBytes >= bodyBytesMin) {
        connection.bodyBytes = bytesRead;
        connection.bodyAtMs = nowMs;
      } else if (nowMs - bodyAtMs >= bodyStretchMs) {
        slow.push(connection);
      }
    }
  }
  return slow;
}
