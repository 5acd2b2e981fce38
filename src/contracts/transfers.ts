// A transfer as clients send it (the wire schema) and as the roles hand it on (parsed, with bigint
// money and the caller's tenant). One schema gives validation, the types and the OpenAPI document.
import { Type, type Static } from 'typebox';
import { accountIdForm } from './accounts.ts';
import type { RefusalCode } from './problems.ts';

/** The most transfers in one batch request. */
export const batchTransfersMax = 1_000;

export const AccountId = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: accountIdForm.source,
  description: 'Account id within the tenant',
});

/** `maximum` keeps a JSON integer exact: above it most parsers already hold another number. */
export const PositiveMinor = Type.Union(
  [
    Type.String({ pattern: '^[1-9][0-9]{0,18}$' }),
    Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  ],
  { description: 'Amount in minor units, as a decimal string (or a safe integer)' },
);

export const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217 code' });

export const IdempotencyKey = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^[\\x21-\\x7e]+$',
  description: '1-255 visible ASCII characters, unique within the tenant',
});

const shortText = (maxLength: number) => Type.String({ maxLength });

const transferFields = {
  sourceAccountId: AccountId,
  destinationAccountId: AccountId,
  minor: PositiveMinor,
  currency: Currency,
  narration: Type.Optional(shortText(140)),
  effectiveAt: Type.Optional(
    Type.String({ maxLength: 40, description: 'ISO 8601; without a zone it is UTC' }),
  ),
  metadata: Type.Optional(
    // The pattern takes line breaks too: a name that it passed over would have an unchecked value.
    Type.Record(Type.String({ pattern: '^[\\s\\S]*$' }), shortText(500), {
      maxProperties: 20,
      propertyNames: { minLength: 1, maxLength: 64 },
    }),
  ),
  context: Type.Optional(
    Type.Object(
      {
        merchantId: Type.Optional(shortText(128)),
        scheme: Type.Optional(shortText(128)),
        customerId: Type.Optional(shortText(128)),
        deviceId: Type.Optional(shortText(128)),
      },
      { additionalProperties: false },
    ),
  ),
};

export const TransferBody = Type.Object(transferFields, {
  title: 'Transfer',
  additionalProperties: false,
});
export type TransferBody = Static<typeof TransferBody>;

export const TransferItem = Type.Object(
  { key: IdempotencyKey, ...transferFields },
  { additionalProperties: false },
);
export type TransferItem = Static<typeof TransferItem>;

const VersionAfter = Type.Object({
  version: Type.Integer({ description: "The account's version after this transfer" }),
});

export const PostedTransfer = Type.Object(
  {
    status: Type.Literal('posted'),
    entryId: Type.String({ format: 'uuid', description: 'Names the transfer' }),
    source: VersionAfter,
    destination: VersionAfter,
    postedAt: Type.String({ format: 'date-time' }),
  },
  { title: 'PostedTransfer' },
);
export type PostedTransfer = Static<typeof PostedTransfer>;

/** A transfer as it is asked of the core: validated, authorized, with its tenant and subject. */
export interface TransferRequest {
  readonly tenant: string;
  readonly key: string;
  readonly subject: string;
  readonly source: string;
  readonly destination: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly narration?: string;
  /** Canonical UTC instant, as Date.toISOString() writes it. */
  readonly effectiveAt?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly context?: Readonly<Record<string, string>>;
  /**
   * When its caller stops waiting, by performance.now() of the process that holds it. What has not begun
   * by then is not begun at all.
   */
  readonly deadlineMs?: number;
}

/** Final for its key: an honest replay is answered the same. */
export type DecidedOutcome =
  | {
      readonly status: 'posted';
      readonly replayed: boolean;
      readonly entryId: string;
      readonly sourceVersion: number;
      readonly destinationVersion: number;
      readonly postedAt: string;
    }
  | {
      readonly status: 'refused';
      readonly replayed: boolean;
      readonly code: RefusalCode;
      readonly detail: string;
    };

/** Not final: nothing is stored for the key. `overloaded`: its deadline had passed, nothing happened. */
export interface UndecidedOutcome {
  readonly status: 'refused';
  readonly replayed: false;
  readonly code: 'idempotency_key_reused' | 'same_account' | 'overloaded';
}

/** What became of a request. `replayed` is true when an earlier request with the key decided it. */
export type TransferOutcome = DecidedOutcome | UndecidedOutcome;

export const expired: UndecidedOutcome = { status: 'refused', replayed: false, code: 'overloaded' };

/** A stored transfer with all that was asked, for lookups by entry id or by key. */
export interface StoredTransfer {
  readonly request: TransferRequest;
  readonly outcome: DecidedOutcome;
}
