import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { minorMax } from '../contracts/money.ts';
import type { TransferOutcome, TransferRequest } from '../contracts/transfers.ts';
import { fingerprintOf } from './fingerprint.ts';
import {
  decide,
  nameOf,
  type AccountState,
  type EarlierDecision,
  type Submission,
} from './rules.ts';

const at = '2026-01-01T00:00:00.000Z';

function account(accountId: string, more: Partial<AccountState> = {}): AccountState {
  return {
    id: BigInt(accountId.charCodeAt(0)),
    tenant: 't',
    accountId,
    currency: 'EUR',
    minimumMinor: 0n,
    bookedMinor: 0n,
    pendingMinor: 0n,
    version: 0,
    ...more,
  };
}

function submit(key: string, more: Partial<TransferRequest> = {}): Submission {
  const request: TransferRequest = {
    tenant: 't',
    key,
    subject: 's',
    source: 'a',
    destination: 'b',
    amountMinor: 10n,
    currency: 'EUR',
    ...more,
  };
  return {
    request,
    entryId: `entry of ${key} ${Math.random()}`,
    fingerprint: fingerprintOf(request),
  };
}

function codes(outcomes: readonly TransferOutcome[]): string[] {
  return outcomes.map((outcome) => (outcome.status === 'posted' ? 'posted' : outcome.code));
}

describe('the rules of the book', () => {
  it('posts a transfer: one side falls, the other rises, both by one version', () => {
    const { outcomes, decisions, changed } = decide(
      [account('a', { bookedMinor: 25n, version: 7 }), account('b')],
      [],
      [submit('k')],
      at,
    );
    assert.deepEqual(codes(outcomes), ['posted']);
    assert.deepEqual(
      decisions[0]!.legs.map(({ amountMinor, balanceAfterMinor, version }) => [
        amountMinor,
        balanceAfterMinor,
        version,
      ]),
      [
        [-10n, 15n, 8],
        [10n, 10n, 1],
      ],
    );
    assert.deepEqual(
      changed.map(({ bookedMinor }) => bookedMinor),
      [15n, 10n],
    );
  });

  it('refuses what an account cannot bear, in the words of the first rule broken', () => {
    const rich = account('a', { bookedMinor: 100n });
    const refusedWith = (accounts: AccountState[], more: Partial<TransferRequest>) =>
      codes(decide(accounts, [], [submit('k', more)], at).outcomes)[0];
    assert.equal(refusedWith([account('b')], {}), 'account_not_found');
    assert.equal(refusedWith([rich], {}), 'account_not_found');
    assert.equal(refusedWith([rich, account('b', { currency: 'USD' })], {}), 'currency_mismatch');
    assert.equal(refusedWith([rich, account('b')], { currency: 'USD' }), 'currency_mismatch');
    assert.equal(refusedWith([rich, account('b')], { amountMinor: 101n }), 'insufficient_funds');
    const reserved = account('a', { bookedMinor: 100n, pendingMinor: 95n });
    assert.equal(refusedWith([reserved, account('b')], {}), 'insufficient_funds');
    const full = account('b', { bookedMinor: minorMax - 5n });
    assert.equal(refusedWith([rich, full], {}), 'balance_limit_exceeded');
    const bottomless = account('a', { minimumMinor: null, bookedMinor: 5n - minorMax });
    assert.equal(refusedWith([bottomless, account('b')], {}), 'balance_limit_exceeded');
    assert.equal(refusedWith([rich, account('b')], { destination: 'a' }), 'same_account');
  });

  it('lets an account fall to its minimum and not below', () => {
    const overdrawn = account('a', { minimumMinor: -15n });
    const { outcomes } = decide(
      [overdrawn, account('b')],
      [],
      [submit('1'), submit('2', { amountMinor: 6n }), submit('3', { amountMinor: 5n })],
      at,
    );
    assert.deepEqual(codes(outcomes), ['posted', 'insufficient_funds', 'posted']);
  });

  it('answers a key twice in one batch with the first answer, refusals included', () => {
    const first = submit('k', { amountMinor: 50n });
    const { outcomes, decisions } = decide(
      [account('a'), account('b'), account('c', { bookedMinor: 50n })],
      [],
      [
        first,
        submit('fund', { source: 'c', destination: 'a', amountMinor: 50n }),
        submit('k', { amountMinor: 50n }),
        submit('k', { amountMinor: 49n }),
      ],
      at,
    );
    assert.deepEqual(codes(outcomes), [
      'insufficient_funds',
      'posted',
      'insufficient_funds',
      'idempotency_key_reused',
    ]);
    assert.equal(outcomes[2]!.replayed, true);
    assert.equal(decisions.length, 2);
  });

  it('recognises its own submission, tried again after a commit of unknown outcome, as no replay', () => {
    const submission = submit('k');
    const stored: EarlierDecision = {
      entryId: submission.entryId,
      fingerprint: submission.fingerprint,
      outcome: decide([account('a', { bookedMinor: 10n }), account('b')], [], [submission], at)
        .decisions[0]!.outcome,
    };
    const { outcomes } = decide([], [[nameOf('t', 'k'), stored]], [submission, submit('k')], at);
    assert.deepEqual(
      outcomes.map(({ replayed }) => replayed),
      [false, true],
    );
  });

  it('agrees with a book kept by hand, however the requests are cut into batches', () => {
    const ids = ['a', 'b', 'c', 'd'];
    const requests = fc.array(
      fc.record({
        key: fc.integer({ min: 0, max: 30 }).map(String),
        source: fc.constantFrom(...ids, 'missing'),
        destination: fc.constantFrom(...ids),
        amountMinor: fc.bigInt({ min: 1n, max: 120n }),
        currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'USD'),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(requests, fc.array(fc.nat({ max: 7 })), (asked, cuts) => {
        const submissions = asked
          .filter(({ source, destination }) => source !== destination)
          .map(({ key, ...more }) => submit(key, more));
        const accounts = ids.map((id, index) =>
          account(id, { minimumMinor: index === 0 ? null : BigInt(-50 * index) }),
        );
        assert.deepEqual(inBatches(accounts, submissions, cuts), byHand(accounts, submissions));
      }),
      { numRuns: 300 },
    );
  });
});

/** What every request came to, and every account's end: booked amount and version. */
type Result = { answers: string[]; ends: string[] };

function inBatches(start: AccountState[], submissions: Submission[], cuts: number[]): Result {
  const accounts = new Map(start.map((state) => [state.id, state]));
  const earlier = new Map<string, EarlierDecision>();
  const answers: string[] = [];
  for (let from = 0, turn = 0; from < submissions.length; turn += 1) {
    const batch = submissions.slice(from, from + 1 + (cuts[turn % cuts.length] ?? 4));
    from += batch.length;
    const { outcomes, decisions, changed } = decide(accounts.values(), earlier, batch, at);
    answers.push(...codes(outcomes));
    for (const state of changed) accounts.set(state.id, state);
    for (const { submission, outcome } of decisions) {
      const { entryId, fingerprint, request } = submission;
      earlier.set(nameOf(request.tenant, request.key), { entryId, fingerprint, outcome });
    }
    const total = [...accounts.values()].reduce((sum, { bookedMinor }) => sum + bookedMinor, 0n);
    assert.equal(total, 0n, 'money is neither made nor lost');
  }
  const ends = [...accounts.values()].map(
    ({ bookedMinor, version }) => `${bookedMinor}@${version}`,
  );
  return { answers, ends };
}

/** The oracle: the simplest book one could keep on paper, one request after the other. */
function byHand(start: AccountState[], submissions: Submission[]): Result {
  const money = Object.fromEntries(start.map(({ accountId }) => [accountId, 0n]));
  const moves = Object.fromEntries(start.map(({ accountId }) => [accountId, 0]));
  const floor = Object.fromEntries(
    start.map(({ accountId, minimumMinor }) => [accountId, minimumMinor]),
  );
  const said: Record<string, [content: string, answer: string]> = {};
  const answers = submissions.map(({ request }) => {
    const { key, source, destination, amountMinor, currency } = request;
    const content = [source, destination, amountMinor, currency].join();
    if (said[key] !== undefined) {
      return said[key][0] === content ? said[key][1] : 'idempotency_key_reused';
    }
    let answer = 'posted';
    const after = (money[source] ?? 0n) - amountMinor;
    if (!(source in money)) answer = 'account_not_found';
    else if (currency !== 'EUR') answer = 'currency_mismatch';
    else if (floor[source] != null && after < floor[source]) answer = 'insufficient_funds';
    else {
      money[source] = after;
      money[destination]! += amountMinor;
      moves[source]! += 1;
      moves[destination]! += 1;
    }
    said[key] = [content, answer];
    return answer;
  });
  return { answers, ends: start.map(({ accountId: id }) => `${money[id]}@${moves[id]}`) };
}
