import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerLoadSheddingStats } from '@atlas/client';
import { readCausesOf, readReasons, refusedReads, type Wall } from './read-refusals.ts';

const wall = (change: Partial<Wall> = {}): Wall => ({
  breaker: 'closed',
  running: 0,
  runningMax: 3,
  waiting: 0,
  waitingMax: 64,
  refused: { open: 0, stuck: 0, full: 0, waited: 0 },
  ...change,
});

const signal = { value: 0, limit: 1, over: false };

/** By the request limit, by route. */
const statsOf = (
  full: Partial<Record<keyof LedgerLoadSheddingStats['shed'], number>> = {},
  reads: Partial<LedgerLoadSheddingStats['reads']> = {},
): LedgerLoadSheddingStats => ({
  node: 'one',
  inFlight: 7,
  inFlightLimit: 512,
  admitted: 0,
  shed: {
    balance: { pressure: 0, inFlight: full.balance ?? 0 },
    entries: { pressure: 0, inFlight: full.entries ?? 0 },
    accounts: { pressure: 0, inFlight: full.accounts ?? 0 },
    audit: { pressure: 0, inFlight: full.audit ?? 0 },
  },
  pressure: {
    degree: 0,
    admittedPart: { balance: 1, entries: 1, accounts: 1, audit: 1 },
    loop: signal,
    memory: signal,
    waits: { entries: signal, accounts: signal, audit: signal },
  },
  reads: {
    balances: wall(),
    statements: wall(),
    accounts: wall(),
    transfers: wall(),
    audit: wall(),
    ...reads,
  },
});

const causes = (...stats: LedgerLoadSheddingStats[]) =>
  readCausesOf(stats.map((value, i) => ({ atMs: i * 1_000, value })));

test('refusals at the door and at the wall of a kind are counted together, and apart by reason', () => {
  const refused = { open: 1, stuck: 2, full: 3, waited: 4 };
  const stats = statsOf({ entries: 5, balance: 9 }, { statements: wall({ refused }) });
  assert.equal(refusedReads(stats), 24);
  assert.equal(refusedReads(stats, { kind: 'statements' }), 15);
  assert.equal(refusedReads(stats, { reason: 'inFlight' }), 14);
  assert.deepEqual(
    readReasons.map((reason) => refusedReads(stats, { kind: 'statements', reason })),
    [0, 5, 1, 2, 3, 4],
  );
});

test('nothing is a cause while no read is refused', () => {
  assert.deepEqual(readCausesOf([]), []);
  assert.deepEqual(causes(statsOf({ audit: 9 }), statsOf({ audit: 9 })), []);
});

test('a cause names who was refused and the figures that decide it', () => {
  const [door] = causes(statsOf(), statsOf({ balance: 12, accounts: 3 }));
  assert.equal(door!.whom, '12 of balances and 3 of accounts in the last 10 s');
  assert.match(door!.because, /^7 of 512 requests are under way at this moment\.$/);
  const full = wall({ waiting: 64, refused: { open: 0, stuck: 0, full: 8, waited: 0 } });
  assert.equal(
    causes(statsOf(), statsOf({}, { statements: full }))[0]!.because,
    'More wait than there is room for (statements: 64 of 64 at this moment).',
  );
  const all = { open: 1, stuck: 1, full: 1, waited: 1 };
  const late = statsOf({ audit: 1 }, { audit: wall({ refused: all }) });
  const pressed = {
    ...late,
    shed: { ...late.shed, entries: { pressure: 4, inFlight: 0 } },
    pressure: { ...late.pressure, loop: { value: 180, limit: 100, over: true } },
  };
  const found = causes(statsOf(), pressed);
  assert.equal(found[0]!.because, 'The ledger is at its limits: its event loop is 180 ms late.');
  assert.deepEqual(
    found.map(({ reason }) => reason),
    readReasons,
  );
  for (const { because } of found) assert.match(because, /^\w.+\.$/);
});
