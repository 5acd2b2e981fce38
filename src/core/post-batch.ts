// One batch, one database transaction: lock the accounts, look up the keys, decide, store, commit.
// Everything that a batch needs goes over in four statements, however many transfers it has.
import type { Balance } from '../contracts/balances.ts';
import type { TransferOutcome } from '../contracts/transfers.ts';
import type { Connection, Database } from '../engines/database.ts';
import { plainArray, textArray } from './array-literal.ts';
import {
  decide,
  nameOf,
  type AccountState,
  type Decided,
  type EarlierDecision,
  type Submission,
} from './rules.ts';
import { earlierDecisions, lockAccounts, storeDecisions } from './statements.ts';
import { decisionOf, type DecisionRow } from './stored-transfers.ts';

export interface PostedBatch {
  readonly outcomes: readonly TransferOutcome[];
  /** Of every account that the batch names, replays included, as committed. */
  readonly balances: readonly Balance[];
}

export interface PostBatchOptions {
  readonly database: Database;
  /** This core's row in cache_writers; without it nothing may be committed. */
  readonly writerId: string;
  readonly now: () => Date;
}

/** This core was struck off as a dead writer: it may not commit and must be started anew. */
export class StruckOff extends Error {}

interface AccountRow {
  id: bigint;
  tenant: string;
  account_id: string;
  currency: string;
  minimum_minor: bigint | null;
  booked_minor: bigint;
  pending_minor: bigint;
  version: bigint;
  updated_at: Date;
}

/** Posts submissions in order. @throws what the database throws; nothing is then committed, or all. */
export function postBatch(
  { database, writerId, now }: PostBatchOptions,
  submissions: readonly Submission[],
): Promise<PostedBatch> {
  return database.transaction(async (connection) => {
    // In one round trip and in this order: a twin in another batch has committed when we look.
    const [rows, earlier] = await Promise.all([
      lock(connection, submissions),
      lookUp(connection, submissions),
    ]);
    const accounts = rows.map(accountOf);
    const decidedAt = now().toISOString();
    const decided = decide(accounts, earlier, submissions, decidedAt);
    if (decided.decisions.length > 0)
      await store(connection, writerId, decided, accounts, decidedAt);
    return { outcomes: decided.outcomes, balances: balancesAfter(rows, decided, decidedAt) };
  });
}

async function lock(
  connection: Connection,
  submissions: readonly Submission[],
): Promise<AccountRow[]> {
  const names = new Map<string, [tenant: string, accountId: string]>();
  for (const { request } of submissions) {
    for (const accountId of [request.source, request.destination]) {
      names.set(nameOf(request.tenant, accountId), [request.tenant, accountId]);
    }
  }
  const pairs = [...names.values()];
  return connection.query<AccountRow>(lockAccounts, [
    textArray(pairs.map(([tenant]) => tenant)),
    textArray(pairs.map(([, accountId]) => accountId)),
  ]);
}

async function lookUp(
  connection: Connection,
  submissions: readonly Submission[],
): Promise<[string, EarlierDecision][]> {
  const rows = await connection.query<DecisionRow>(earlierDecisions, [
    textArray(submissions.map(({ request }) => request.tenant)),
    textArray(submissions.map(({ request }) => request.key)),
  ]);
  return rows.map((row) => [nameOf(row.tenant, row.key), decisionOf(row)]);
}

async function store(
  connection: Connection,
  writerId: string,
  { decisions, changed }: Decided,
  before: readonly AccountState[],
  decidedAt: string,
): Promise<void> {
  // In key order, so that two cores that were sent the same keys never wait on each other in a ring.
  const ordered = [...decisions].sort((a, b) =>
    a.submission.request.key < b.submission.request.key ? -1 : 1,
  );
  const requests = ordered.map(({ submission }) => submission.request);
  const outcomes = ordered.map(({ outcome }) => outcome);
  const text = (value: (index: number) => string | null | undefined) =>
    textArray(ordered.map((_, index) => value(index) ?? null));
  const posted = decisions.filter(({ legs }) => legs.length > 0);
  const legs = posted.flatMap(({ legs, submission }) =>
    legs.map((leg) => ({ ...leg, entryId: submission.entryId })),
  );
  const versionBefore = new Map(before.map(({ id, version }) => [id, version]));

  const [counts] = await connection.query<{ changed: number; writers: number }>(storeDecisions, [
    writerId,
    decidedAt,
    plainArray(ordered.map(({ submission }) => submission.entryId)),
    text((i) => requests[i]!.tenant),
    text((i) => requests[i]!.key),
    plainArray(ordered.map(({ submission }) => submission.fingerprint)),
    text((i) => requests[i]!.subject),
    text((i) => requests[i]!.source),
    text((i) => requests[i]!.destination),
    plainArray(requests.map(({ amountMinor }) => amountMinor)),
    text((i) => requests[i]!.currency),
    text((i) => requests[i]!.narration),
    text((i) => requests[i]!.effectiveAt),
    text((i) => json(requests[i]!.metadata)),
    text((i) => json(requests[i]!.context)),
    text((i) => refusal(outcomes[i]!)?.code),
    text((i) => refusal(outcomes[i]!)?.detail),
    plainArray(outcomes.map((outcome) => versions(outcome)?.[0] ?? null)),
    plainArray(outcomes.map((outcome) => versions(outcome)?.[1] ?? null)),
    plainArray(legs.map(({ account }) => account)),
    plainArray(legs.map(({ version }) => version)),
    plainArray(legs.map(({ entryId }) => entryId)),
    plainArray(legs.map(({ amountMinor }) => amountMinor)),
    plainArray(legs.map(({ balanceAfterMinor }) => balanceAfterMinor)),
    plainArray(posted.map(({ submission }) => submission.entryId)),
    plainArray(changed.map(({ id }) => id)),
    plainArray(changed.map(({ bookedMinor }) => bookedMinor)),
    plainArray(changed.map(({ version }) => version)),
    plainArray(changed.map(({ id }) => versionBefore.get(id) ?? null)),
  ]);
  if (counts?.writers !== 1) throw new StruckOff('This core was struck off; start it again');
  if (counts.changed !== changed.length) {
    throw new Error(`Of ${changed.length} locked accounts ${counts.changed} had their version`);
  }
}

function balancesAfter(
  rows: readonly AccountRow[],
  { changed }: Decided,
  decidedAt: string,
): Balance[] {
  const after = new Map(changed.map((account) => [account.id, account]));
  return rows.map((row) => {
    const account = after.get(row.id);
    return {
      tenant: row.tenant,
      accountId: row.account_id,
      currency: row.currency,
      bookedMinor: account?.bookedMinor ?? row.booked_minor,
      pendingMinor: account?.pendingMinor ?? row.pending_minor,
      version: account?.version ?? Number(row.version),
      updatedAt: account === undefined ? row.updated_at.toISOString() : decidedAt,
    };
  });
}

function accountOf(row: AccountRow): AccountState {
  return {
    id: row.id,
    tenant: row.tenant,
    accountId: row.account_id,
    currency: row.currency,
    minimumMinor: row.minimum_minor,
    bookedMinor: row.booked_minor,
    pendingMinor: row.pending_minor,
    version: Number(row.version),
  };
}

function json(value: Readonly<Record<string, string>> | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

function refusal(outcome: Decided['decisions'][number]['outcome']) {
  return outcome.status === 'refused' ? outcome : undefined;
}

function versions(outcome: Decided['decisions'][number]['outcome']): [number, number] | undefined {
  return outcome.status === 'posted'
    ? [outcome.sourceVersion, outcome.destinationVersion]
    : undefined;
}
