// Refuses transfer requests before anything is done for them: no parsing, no token check, no app, only
// headers and a body that were built at the start. It only looks; places and tokens are taken after
// the caller is known (post-transfer.ts), so that nobody without a token takes them from others.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { problem } from '../contracts/problems.ts';
import { overloadedDetail, type Admission } from './admission.ts';
import { retryAfterSecondsMax } from './demand.ts';

export const transfersPath = '/payments/transfers';
export const batchPath = `${transfersPath}/batch`;

/** True when it has refused the request. */
export type Door = (request: IncomingMessage, response: ServerResponse) => boolean;

export function createDoor(admission: Admission): Door {
  const refusals = { single: refusalOf(transfersPath), batch: refusalOf(batchPath) };
  return (request, response) => {
    if (request.method !== 'POST') return false;
    const reason = admission.refusal;
    if (reason === undefined || !request.url!.startsWith(transfersPath)) return false;
    // A browser reads the refusal only with CORS headers, which are set where the app refuses.
    if (request.headers.origin !== undefined) return false;
    const kind = request.url!.startsWith(batchPath) ? 'batch' : 'single';
    const { headers, body } = refusals[kind];
    response.writeHead(503, headers[admission.refuse(kind, reason)]);
    response.end(body);
    return true;
  };
}

/** One body, and headers for each number of seconds. */
function refusalOf(path: string): { headers: string[][]; body: Buffer } {
  const body = Buffer.from(
    JSON.stringify(problem('overloaded', overloadedDetail, { instance: path })),
  );
  const headers = Array.from({ length: retryAfterSecondsMax + 1 }, (_, seconds) => [
    'content-type',
    'application/problem+json',
    'content-length',
    String(body.length),
    'cache-control',
    'no-store',
    'retry-after',
    String(seconds),
  ]);
  return { headers, body };
}
