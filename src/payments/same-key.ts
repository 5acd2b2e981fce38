// The same idempotency key twice at once: the second joins the first and gets its answer, marked as
// a replay, instead of meeting it in the database.
import type { TransferOutcome, TransferRequest } from '../contracts/transfers.ts';
import { fingerprintOf } from '../core/fingerprint.ts';

type Post = (request: TransferRequest) => Promise<TransferOutcome>;

interface UnderWay {
  readonly request: TransferRequest;
  readonly outcome: Promise<TransferOutcome>;
}

/** Wraps `post`; what it throws is thrown to all who joined. */
export function joinSameKey(post: Post): Post {
  const underWay = new Map<string, UnderWay>();
  return async (request) => {
    const key = `${request.tenant} ${request.key}`;
    const first = underWay.get(key);
    if (first !== undefined) return join(first, request);
    const outcome = post(request).finally(() => underWay.delete(key));
    underWay.set(key, { request, outcome });
    return outcome;
  };
}

async function join(first: UnderWay, request: TransferRequest): Promise<TransferOutcome> {
  if (fingerprintOf(first.request) !== fingerprintOf(request)) {
    return { status: 'refused', replayed: false, code: 'idempotency_key_reused' };
  }
  const outcome = await first.outcome;
  switch (outcome.status === 'refused' ? outcome.code : 'posted') {
    case 'idempotency_key_reused':
    case 'same_account':
    case 'overloaded':
      return outcome;
    default:
      return { ...outcome, replayed: true } as TransferOutcome;
  }
}
