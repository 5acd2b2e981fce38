// What the API speaks of, as programs want it: the wire's types with amounts as bigint. They are read
// from decimal strings and never pass through a float; what is no whole number is refused, not rounded.
import { AtlasError } from './atlas-error.ts';
import type * as wire from './wire.ts';

/** Type T whose fields K are amounts in minor units. */
type Money<T, K extends keyof T> = { readonly [P in keyof T]: P extends K ? bigint : T[P] };

export type Balance = Money<wire.Balance, 'availableMinor' | 'pendingMinor' | 'bookedMinor'>;
export type Entry = Money<wire.Entry, 'amountMinor' | 'balanceAfterMinor'>;
/** `minimumMinor` null: no lower limit. */
export type Account = Readonly<Omit<wire.Account, 'minimumMinor'>> & {
  readonly minimumMinor: bigint | null;
};

/** What is to be moved. */
export type Transfer = Money<wire.Transfer, 'minor'>;

/** A transfer that was posted under `key`. */
export type Receipt = Readonly<wire.PostedTransfer> & {
  readonly key: string;
  /** An earlier try with the key had moved the money; it moved once. */
  readonly replayed: boolean;
};

/** What became of one transfer of a batch. */
export type BatchResult =
  | Receipt
  | { readonly status: 'refused'; readonly key: string; readonly error: AtlasError };

/** A transfer as the book knows it: what was asked, and what became of it. */
export type FoundTransfer = Transfer & { readonly key: string } & (
    | Readonly<wire.PostedTransfer>
    | { readonly status: 'refused'; readonly error: AtlasError }
  );

/** One of a list; `decidedAt`: when it was posted or refused. */
export type ListedTransfer = FoundTransfer & { readonly decidedAt: string };

export function readBalance(body: wire.Balance): Balance {
  const { accountId, currency, version, updatedAt } = body;
  return {
    accountId,
    currency,
    availableMinor: readMinor(body.availableMinor),
    pendingMinor: readMinor(body.pendingMinor),
    bookedMinor: readMinor(body.bookedMinor),
    version,
    updatedAt,
  };
}

export function writeBalance(balance: Balance): wire.Balance {
  const { availableMinor, pendingMinor, bookedMinor } = balance;
  return {
    ...balance,
    availableMinor: String(availableMinor),
    pendingMinor: String(pendingMinor),
    bookedMinor: String(bookedMinor),
  };
}

export function readEntry(body: wire.Entry): Entry {
  const { amountMinor, balanceAfterMinor } = body;
  return {
    ...body,
    amountMinor: readMinor(amountMinor),
    balanceAfterMinor: readMinor(balanceAfterMinor),
  };
}

export function readAccount(body: wire.Account): Account {
  const { minimumMinor } = body;
  return { ...body, minimumMinor: minimumMinor === null ? null : readMinor(minimumMinor) };
}

export function writeTransfer(transfer: Transfer): wire.Transfer {
  return { ...transfer, minor: String(transfer.minor) };
}

export function readFoundTransfer(body: wire.FoundTransfer): FoundTransfer {
  const minor = readMinor(body.minor);
  if (body.status === 'posted') return { ...body, minor };
  const { problem, ...transfer } = body;
  return { ...transfer, minor, error: errorOf(problem, body.key) };
}

export function readListedTransfer(body: wire.ListedTransfer): ListedTransfer {
  return { ...readFoundTransfer(body), decidedAt: body.decidedAt };
}

export function readBatchResult(body: wire.BatchResults['results'][number]): BatchResult {
  if (body.status === 'posted') return { ...body, replayed: body.replayed === true };
  return { status: 'refused', key: body.key, error: errorOf(body.problem, body.key) };
}

export function errorOf(problem: wire.Problem, key?: string): AtlasError {
  const { code, status, title, detail, errors } = problem;
  return new AtlasError({ code, status, title, detail, errors, key });
}

function readMinor(value: unknown): bigint {
  if (typeof value === 'string' && /^(0|-?[1-9]\d{0,18})$/.test(value)) return BigInt(value);
  throw new TypeError(`${JSON.stringify(value)} is no amount in minor units`);
}
