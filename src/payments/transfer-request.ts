// From a transfer as a client wrote it to one as the core takes it: exact money, canonical time, and
// the right to debit. The schema has checked the shape; this checks what a schema cannot.
import { parseMinor } from '../contracts/money.ts';
import { ProblemError } from '../contracts/problems.ts';
import type { TransferBody, TransferRequest } from '../contracts/transfers.ts';
import { mayUse, type Identity } from '../platform/identity.ts';
import { parseEffectiveAt } from './effective-at.ts';

/** A body of which only the amount's type is not yet known to be right. */
export type UncheckedTransfer = Omit<TransferBody, 'minor'> & { minor: string | number };

/** @throws ProblemError `invalid_request`, `forbidden` or `same_account`; none is final for the key. */
export function transferRequest(
  identity: Identity,
  key: string,
  body: UncheckedTransfer,
): TransferRequest {
  const { narration, effectiveAt, metadata, context } = body;
  const amountMinor = parseMinor(body.minor);
  if (amountMinor === undefined || amountMinor <= 0n) {
    throw invalid('minor', 'must be a whole number of minor units from 1 to 9223372036854775807');
  }
  if (narration !== undefined) requireText('narration', narration);
  if (metadata !== undefined) requireTexts('metadata', metadata);
  if (context !== undefined) requireTexts('context', context);
  const effective = effectiveAt === undefined ? undefined : parseEffectiveAt(effectiveAt);
  if (effectiveAt !== undefined && effective === undefined) {
    throw invalid('effectiveAt', 'must be an ISO 8601 date or date-time that exists');
  }
  if (!mayUse(identity, body.sourceAccountId)) {
    throw new ProblemError('forbidden', 'The token may not debit the source account.');
  }
  if (body.sourceAccountId === body.destinationAccountId) {
    throw new ProblemError('same_account', 'Source and destination must differ.');
  }
  return {
    tenant: identity.tenant,
    key,
    subject: identity.subject,
    source: body.sourceAccountId,
    destination: body.destinationAccountId,
    amountMinor,
    currency: body.currency,
    ...(narration === undefined ? {} : { narration }),
    ...(effective === undefined ? {} : { effectiveAt: effective }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(context === undefined ? {} : { context: { ...context } }),
  };
}

function requireTexts(path: string, texts: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(texts)) {
    requireText(path, name);
    requireText(`${path}/${name}`, text);
  }
}

/** One such text would make the database refuse the whole group that it is posted with. */
function requireText(path: string, text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw invalid(path, 'must be text without NUL and without half of a surrogate pair');
  }
}

function invalid(path: string, message: string): ProblemError {
  const errors = [{ path: `body/${path}`, message }];
  return new ProblemError('invalid_request', `body/${path} ${message}`, { errors });
}
