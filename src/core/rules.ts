// The rules of the book, as one pure function: from accounts and requests to decisions. No clock, no
// database, no randomness, so that it can be read, tested against an oracle, and simulated. The SQL
// around it only locks, stores and commits.
import { minorMax } from '../contracts/money.ts';
import type { RefusalCode } from '../contracts/problems.ts';
import type { DecidedOutcome, TransferOutcome, TransferRequest } from '../contracts/transfers.ts';

/** An account as its row says, or as earlier requests of the same batch have left it. */
export interface AccountState {
  readonly id: bigint;
  readonly tenant: string;
  readonly accountId: string;
  readonly currency: string;
  readonly minimumMinor: bigint | null;
  readonly bookedMinor: bigint;
  readonly pendingMinor: bigint;
  readonly version: number;
}

/** A request with the id its transfer will have, and the fingerprint of its content. */
export interface Submission {
  readonly request: TransferRequest;
  readonly entryId: string;
  readonly fingerprint: string;
}

/** What an earlier request with the same key came to. */
export interface EarlierDecision {
  readonly entryId: string;
  readonly fingerprint: string;
  readonly outcome: DecidedOutcome;
}

/** One side of a posted transfer: the account after it. */
export interface Leg {
  readonly account: bigint;
  readonly amountMinor: bigint;
  readonly version: number;
  readonly balanceAfterMinor: bigint;
}

/** A decision to store: final for its key, posted or refused. */
export interface Decision {
  readonly submission: Submission;
  readonly outcome: DecidedOutcome;
  /** Source and destination; none when refused. */
  readonly legs: readonly Leg[];
}

export interface Decided {
  /** One per submission, in order. */
  readonly outcomes: readonly TransferOutcome[];
  /** What is new and must be stored. */
  readonly decisions: readonly Decision[];
  /** Accounts that changed, as the last decision left them. */
  readonly changed: readonly AccountState[];
}

/**
 * Decides submissions in their order, each on its own.
 * - A key decided earlier (stored, or earlier in this batch) moves nothing: its first answer is
 *   returned again, or `idempotency_key_reused` when the content differs.
 * - Otherwise the first rule broken refuses it, finally: account_not_found, currency_mismatch,
 *   insufficient_funds, balance_limit_exceeded.
 * - Otherwise it is posted: both accounts rise by one version.
 */
export function decide(
  accounts: Iterable<AccountState>,
  earlier: Iterable<readonly [string, EarlierDecision]>,
  submissions: readonly Submission[],
  decidedAt: string,
): Decided {
  const states = new Map<string, AccountState>();
  for (const account of accounts) states.set(nameOf(account.tenant, account.accountId), account);
  const byKey = new Map(earlier);
  const changed = new Map<bigint, AccountState>();
  const decisions: Decision[] = [];

  const outcomes = submissions.map((submission): TransferOutcome => {
    const { request } = submission;
    const key = nameOf(request.tenant, request.key);
    const known = byKey.get(key);
    if (known !== undefined) return replay(known, submission);
    if (request.source === request.destination) {
      return { status: 'refused', replayed: false, code: 'same_account' };
    }
    const source = states.get(nameOf(request.tenant, request.source));
    const destination = states.get(nameOf(request.tenant, request.destination));
    const decision =
      refuse(submission, source, destination) ?? post(submission, source!, destination!, decidedAt);
    if (decision.legs.length > 0) {
      for (const [account, leg] of [
        [source!, decision.legs[0]!],
        [destination!, decision.legs[1]!],
      ] as const) {
        const after = { ...account, bookedMinor: leg.balanceAfterMinor, version: leg.version };
        states.set(nameOf(account.tenant, account.accountId), after);
        changed.set(account.id, after);
      }
    }
    decisions.push(decision);
    const { entryId, fingerprint } = submission;
    byKey.set(key, { entryId, fingerprint, outcome: decision.outcome });
    return decision.outcome;
  });
  return { outcomes, decisions, changed: [...changed.values()] };
}

/** A map key for a name within a tenant; neither part can hold a space. */
export function nameOf(tenant: string, name: string): string {
  return `${tenant} ${name}`;
}

function replay(known: EarlierDecision, submission: Submission): TransferOutcome {
  if (known.fingerprint !== submission.fingerprint) {
    return { status: 'refused', replayed: false, code: 'idempotency_key_reused' };
  }
  // The same entry id: this very submission, tried again after a commit of unknown outcome.
  return { ...known.outcome, replayed: known.entryId !== submission.entryId };
}

function refuse(
  submission: Submission,
  source: AccountState | undefined,
  destination: AccountState | undefined,
): Decision | undefined {
  const { request } = submission;
  const no = (code: RefusalCode, detail: string): Decision => ({
    submission,
    outcome: { status: 'refused', replayed: false, code, detail },
    legs: [],
  });
  if (source === undefined) {
    return no('account_not_found', `The source account ${request.source} does not exist.`);
  }
  if (destination === undefined) {
    return no(
      'account_not_found',
      `The destination account ${request.destination} does not exist.`,
    );
  }
  for (const account of [source, destination]) {
    if (account.currency !== request.currency) {
      return no(
        'currency_mismatch',
        `The account ${account.accountId} is in ${account.currency}, not ${request.currency}.`,
      );
    }
  }
  const availableAfter = source.bookedMinor - source.pendingMinor - request.amountMinor;
  if (source.minimumMinor !== null && availableAfter < source.minimumMinor) {
    return no('insufficient_funds', `The account ${source.accountId} has too little available.`);
  }
  if (availableAfter < -minorMax || destination.bookedMinor + request.amountMinor > minorMax) {
    return no('balance_limit_exceeded', 'A balance would leave the range of 64 bits.');
  }
  return undefined;
}

function post(
  submission: Submission,
  source: AccountState,
  destination: AccountState,
  postedAt: string,
): Decision {
  const { amountMinor } = submission.request;
  const debit = leg(source, -amountMinor);
  const credit = leg(destination, amountMinor);
  return {
    submission,
    outcome: {
      status: 'posted',
      replayed: false,
      entryId: submission.entryId,
      sourceVersion: debit.version,
      destinationVersion: credit.version,
      postedAt,
    },
    legs: [debit, credit],
  };
}

function leg(account: AccountState, amountMinor: bigint): Leg {
  return {
    account: account.id,
    amountMinor,
    version: account.version + 1,
    balanceAfterMinor: account.bookedMinor + amountMinor,
  };
}
