// Refuses transfer requests before anything is done for them: no parsing, no signature, no app, only
// headers and a body that were built at the start. It only looks; places and tokens are taken after
// the caller is known (entrance.ts), so that nobody without a token takes them from others.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { problem } from '../../contracts/problems.ts';
import type { Admission, Asking } from './admission.ts';
import { clientOf, policyHeader, remainingHeader } from './client-quotas.ts';
import { byReason, type ByReason } from './counts.ts';
import { timeoutMsOf, type DeadlineOptions } from './deadline.ts';
import { retryAfterSecondsMax } from './demand.ts';
import type { RecentKeys } from './recent-keys.ts';
import { Shed } from './shed.ts';
import { classOf } from './class-of.ts';
import type { TokenVerifier } from '../../platform/tokens.ts';

export const transfersPath = '/payments/transfers';
export const batchPath = `${transfersPath}/batch`;

/** True when it has refused the request. */
export type Door = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface DoorParts {
  readonly admission: Admission;
  readonly recent: RecentKeys;
  readonly verifier: Pick<TokenVerifier, 'known'>;
  readonly deadlines: DeadlineOptions;
}

export function createDoor({ admission, recent, verifier, deadlines }: DoorParts): Door {
  const refusals = { single: refusalsOf(transfersPath), batch: refusalsOf(batchPath) };
  let built = { share: admission.quotas.share, of: new Map<string[], string[]>() };

  function asks({ url, headers }: IncomingMessage): Asking {
    const identity = verifier.known(headers.authorization);
    const key = headers['idempotency-key'] as string | undefined;
    const batch = url!.startsWith(batchPath);
    return {
      kind: classOf({ batch, identity, key }, recent),
      client: identity === undefined ? undefined : clientOf(identity),
      // What is no time is the app's to refuse, with words.
      timeoutMs: timeoutMsOf(headers, deadlines) ?? deadlines.defaultMs,
    };
  }

  return (request, response) => {
    if (request.method !== 'POST' || !request.url!.startsWith(transfersPath)) return false;
    const asking = asks(request);
    const reason = admission.refusal(asking);
    if (reason === undefined) return false;
    // A browser reads the refusal only with CORS headers, which are set where the app refuses.
    if (request.headers.origin !== undefined) return false;
    const of = request.url!.startsWith(batchPath) ? refusals.batch : refusals.single;
    const { status, headers, body } = of[reason];
    const seconds = admission.refuse(asking, reason);
    const more = headers[seconds]!;
    response.writeHead(status, reason === 'quota' ? withQuota(more, seconds) : more);
    response.end(body, 'latin1');
    return true;
  };

  /** Built once, and again when the policy has changed: by an operator, or by replicas that come and go. */
  function withQuota(headers: string[], seconds: number): string[] {
    const { share } = admission.quotas;
    if (share !== built.share) built = { share, of: new Map() };
    const known = built.of.get(headers);
    if (known !== undefined) return known;
    const none = remainingHeader({ requests: 0, resetSeconds: seconds });
    const more = ['ratelimit-policy', policyHeader(share), 'ratelimit', none];
    const all = headers.concat(more);
    built.of.set(headers, all);
    return all;
  }
}

interface Refusal {
  readonly status: number;
  /** For each number of seconds. */
  readonly headers: readonly string[][];
  /** Of ASCII. As text it goes into one write with the headers; a buffer would need a second. */
  readonly body: string;
}

function refusalsOf(path: string): ByReason<Refusal> {
  return byReason((reason) => {
    const { code, message } = new Shed(reason);
    const shown = problem(code, message, { instance: path });
    const body = JSON.stringify(shown);
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
    return { status: shown.status, headers, body };
  });
}
