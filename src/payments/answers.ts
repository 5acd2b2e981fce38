// How an outcome of the core reads on the wire. A replay must be the same bytes as the first answer,
// so everything here is made from what is stored and from nothing else.
import { problem, type Problem } from '../contracts/problems.ts';
import type { PostedTransfer, StoredTransfer, TransferOutcome } from '../contracts/transfers.ts';
import { mayUse, type Identity } from '../platform/identity.ts';
import { transfersPath } from './shedding/door.ts';
import { shedDetails } from './shedding/shed.ts';

type Posted = Extract<TransferOutcome, { status: 'posted' }>;
type Refused = Extract<TransferOutcome, { status: 'refused' }>;

export function postedBody(outcome: Posted): PostedTransfer {
  return {
    status: 'posted',
    entryId: outcome.entryId,
    source: { version: outcome.sourceVersion },
    destination: { version: outcome.destinationVersion },
    postedAt: outcome.postedAt,
  };
}

/** `instance`: the path that the transfer was sent to. */
export function refusedProblem(outcome: Refused, instance: string): Problem {
  switch (outcome.code) {
    case 'idempotency_key_reused':
      return problem(outcome.code, 'The key was used with another body.', { instance });
    case 'same_account':
      return problem(outcome.code, 'Source and destination must differ.', { instance });
    case 'overloaded':
      return problem(outcome.code, shedDetails.deadline, { instance });
    default:
      return problem(outcome.code, outcome.detail, { instance });
  }
}

/** A stored transfer as one who may see it sees it: the payer's own notes are the payer's. */
export function storedBody({ request, outcome }: StoredTransfer, identity: Identity) {
  const { narration, effectiveAt, metadata, context } = request;
  const isPayer = mayUse(identity, request.source);
  return {
    ...(outcome.status === 'posted'
      ? postedBody(outcome)
      : { status: 'refused' as const, problem: refusedProblem(outcome, transfersPath) }),
    key: request.key,
    sourceAccountId: request.source,
    destinationAccountId: request.destination,
    minor: String(request.amountMinor),
    currency: request.currency,
    ...(narration === undefined ? {} : { narration }),
    ...(effectiveAt === undefined ? {} : { effectiveAt }),
    ...(isPayer && metadata !== undefined ? { metadata } : {}),
    ...(isPayer && context !== undefined ? { context } : {}),
  };
}
