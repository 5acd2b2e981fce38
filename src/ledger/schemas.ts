// The wire forms of the ledger: they validate, type and document its routes.
import { accountIdForm } from '../contracts/accounts.ts';
import { Type } from 'typebox';
import { AccountId, Currency } from '../contracts/transfers.ts';
import { ProblemError } from '../contracts/problems.ts';

export const AccountParams = Type.Object({ id: AccountId });

const minor = (description: string, example: string) =>
  Type.String({
    pattern: '^(0|-?[1-9][0-9]*)$',
    description: `${description}, in minor units`,
    examples: [example],
  });
const instant = (description: string) =>
  Type.String({ format: 'date-time', description, examples: ['2026-11-24T09:30:00.000Z'] });

export const AccountSchema = Type.Object(
  {
    accountId: Type.String({ examples: ['msisdn::2348100000001'] }),
    currency: Type.String({ examples: ['NGN'] }),
    minimumMinor: Type.Union([Type.String(), Type.Null()], {
      description: 'Lowest available balance in minor units; null: no limit',
      examples: ['0'],
    }),
    createdAt: instant('When it was opened'),
  },
  { title: 'Account' },
);

export const BalanceSchema = Type.Object(
  {
    accountId: Type.String({ examples: ['msisdn::2348100000001'] }),
    currency: Type.String({ examples: ['NGN'] }),
    availableMinor: minor('What may be spent: booked less pending', '250000'),
    pendingMinor: minor('What holds have reserved', '0'),
    bookedMinor: minor('Sum of all entries', '250000'),
    version: Type.Integer({ description: 'Rises by one with each change', examples: [42] }),
    updatedAt: instant('When this version was made'),
  },
  { title: 'Balance' },
);

export const EntrySchema = Type.Object(
  {
    entryId: Type.String({ format: 'uuid', description: 'Names the transfer' }),
    version: Type.Integer({ description: "The account's version after this entry" }),
    amountMinor: minor('Signed: negative where the account was debited', '-1500'),
    balanceAfterMinor: minor('Booked balance after this entry', '248500'),
    counterpartyAccountId: Type.String(),
    narration: Type.Union([Type.String(), Type.Null()]),
    effectiveAt: Type.Union([Type.String(), Type.Null()]),
    postedAt: instant('When it was posted'),
  },
  { title: 'Entry' },
);

export const MinVersion = Type.String({
  pattern: '^(0|[1-9][0-9]{0,15})$',
  description: 'Waits up to a second for this version, then answers 409 version_not_reached',
  examples: ['42'],
});

export const MaxStaleMs = Type.String({
  pattern: '^(0|[1-9][0-9]{0,3}|[1-5][0-9]{4}|60000)$',
  description:
    'How old the answer may be, in milliseconds, 60,000 at most; else it is never older than a ' +
    'transfer that was acknowledged before',
  examples: ['2000'],
});

/** The amount's own form (64 bits, zero or less) is checked where it is parsed. */
export const OpenAccountBody = Type.Object(
  {
    currency: Currency,
    minimumMinor: Type.Optional(
      Type.Union(
        [
          Type.String({ pattern: '^(0|-[1-9][0-9]{0,18})$' }),
          Type.Integer({ minimum: -Number.MAX_SAFE_INTEGER, maximum: 0 }),
          Type.Null(),
        ],
        {
          default: '0',
          description: 'Lowest available balance in minor units, zero or less; null: no limit',
          examples: ['0', '-50000', null],
        },
      ),
    ),
  },
  { title: 'OpenAccount', additionalProperties: false, examples: [{ currency: 'NGN' }] },
);

/** @throws ProblemError `invalid_request` for a version that no account can have. */
export function versionOf(version: string | undefined): number {
  const number = Number(version ?? 0);
  if (Number.isSafeInteger(number)) return number;
  throw new ProblemError('invalid_request', 'minVersion is too large.', {
    errors: [{ path: 'querystring/minVersion', message: 'must be a version' }],
  });
}

export function maxStaleMsOf(maxStaleMs: string | undefined): number {
  return Number(maxStaleMs ?? 0);
}

/** For callers that come past the validator. @throws ProblemError `invalid_request` */
export function requireAccountId(accountId: string): void {
  if (accountIdForm.test(accountId)) return;
  throw new ProblemError('invalid_request', 'The account id is not valid.');
}
