// How the core's interface reads on the wire between roles: the same objects, with money as strings.
import { Type, type Static } from 'typebox';
import type { Account, OpenAccountOutcome } from '../contracts/accounts.ts';
import { handOverMax } from '../contracts/core.ts';
import {
  AccountId,
  Currency,
  IdempotencyKey,
  type StoredTransfer,
  type TransferOutcome,
  type TransferRequest,
} from '../contracts/transfers.ts';

export const transfersPath = '/internal/transfers';
export const accountsPath = '/internal/accounts';

const Tenant = Type.String({ minLength: 1, maxLength: 64 });
const Texts = Type.Record(Type.String(), Type.String());

const WireRequest = Type.Object(
  {
    tenant: Tenant,
    key: IdempotencyKey,
    subject: Type.String({ maxLength: 255 }),
    source: AccountId,
    destination: AccountId,
    amountMinor: Type.String({ pattern: '^[1-9][0-9]{0,18}$' }),
    currency: Currency,
    narration: Type.Optional(Type.String()),
    effectiveAt: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT[0-9:.]{12}Z$' })),
    metadata: Type.Optional(Texts),
    context: Type.Optional(Texts),
    // What is left of the caller's time: the clocks of two processes do not agree.
    timeoutMs: Type.Optional(Type.Number({ minimum: 0 })),
  },
  { additionalProperties: false },
);
export type WireRequest = Static<typeof WireRequest>;

export const HandOverBody = Type.Object(
  { requests: Type.Array(WireRequest, { minItems: 1, maxItems: handOverMax }) },
  { additionalProperties: false },
);

export interface WirePosted {
  readonly outcomes: readonly TransferOutcome[];
  /** See Core.waitMs. */
  readonly waitMs: number;
}

export const FindQuery = Type.Object(
  {
    tenant: Tenant,
    entryId: Type.Optional(Type.String({ pattern: '^[0-9a-f-]{36}$' })),
    key: Type.Optional(IdempotencyKey),
  },
  { additionalProperties: false },
);

export const OpenAccountBody = Type.Object(
  {
    tenant: Tenant,
    accountId: AccountId,
    currency: Currency,
    minimumMinor: Type.Union([Type.String({ pattern: '^(0|-[1-9][0-9]{0,18})$' }), Type.Null()]),
  },
  { additionalProperties: false },
);

export function requestToWire({ deadlineMs, ...request }: TransferRequest): WireRequest {
  return {
    ...request,
    amountMinor: String(request.amountMinor),
    ...(deadlineMs === undefined ? {} : { timeoutMs: Math.max(0, deadlineMs - performance.now()) }),
  };
}

export function requestFromWire({ timeoutMs, ...request }: WireRequest): TransferRequest {
  return {
    ...request,
    amountMinor: BigInt(request.amountMinor),
    ...(timeoutMs === undefined ? {} : { deadlineMs: performance.now() + timeoutMs }),
  };
}

export type WireStored = Omit<StoredTransfer, 'request'> & { readonly request: WireRequest };

export function storedToWire({ request, outcome }: StoredTransfer): WireStored {
  return { request: requestToWire(request), outcome };
}

export function storedFromWire({ request, outcome }: WireStored): StoredTransfer {
  return { request: requestFromWire(request), outcome };
}

type WireAccount = Omit<Account, 'minimumMinor'> & { readonly minimumMinor: string | null };
export interface WireOpened {
  readonly status: OpenAccountOutcome['status'];
  readonly account: WireAccount;
}

export function openedToWire({ status, account }: OpenAccountOutcome): WireOpened {
  const { minimumMinor } = account;
  return {
    status,
    account: { ...account, minimumMinor: minimumMinor === null ? null : String(minimumMinor) },
  };
}

export function openedFromWire({ status, account }: WireOpened): OpenAccountOutcome {
  return { status, account: { ...account, minimumMinor: minorOrNull(account.minimumMinor) } };
}

export function minorOrNull(minor: string | null): bigint | null {
  return minor === null ? null : BigInt(minor);
}
