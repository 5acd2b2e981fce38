// What the ledger feels: its process, which all reads share, and how long reads wait for the book, each
// kind by itself. A line that does not get shorter is answered late throughout, so less is let into it.
//
// Balances wait in no such line: the cache answers nearly all of them, and what it does not is read by two
// queries at once, however many ask. A full line of statements is no reason to refuse what never joins it.
import type { Guard } from '../platform/guards/guard.ts';
import type { Felt } from '../platform/pressure/own-pressure.ts';
import { Pressure, windowMs, type SignalState } from '../platform/pressure/pressure.ts';
import type { LedgerRoute } from './door.ts';
import type { ReadGuards } from './read-guards.ts';

/** Of the longest wait for a place. */
const waitPartMax = 0.5;

export interface ReadPressureOptions {
  readonly felt: Felt<never>;
  readonly reads: ReadGuards;
}

export interface ReadPressure extends Disposable {
  readonly own: Felt<never>['pressure'];
  /** How the lines before the book stand. */
  readonly lines: Readonly<Record<Line, SignalState>>;
  /** 0: none; 1: all that there is. */
  degreeOf(route: LedgerRoute): number;
}

type Line = 'entries' | 'accounts' | 'audit';

export function createReadPressure({ felt, reads }: ReadPressureOptions): ReadPressure {
  const own = felt.pressure;
  const lines = {
    entries: pressureOf(reads.statements),
    accounts: pressureOf(reads.accounts),
    audit: pressureOf(reads.audit),
  };
  const timer = setInterval(() => {
    own.endWindow();
    for (const line of Object.values(lines)) line.endWindow();
  }, windowMs);
  return {
    own,
    get lines() {
      const { entries, accounts, audit } = lines;
      return {
        entries: entries.states.wait,
        accounts: accounts.states.wait,
        audit: audit.states.wait,
      };
    },
    degreeOf: (route) =>
      route === 'balance' ? own.degree : Math.max(own.degree, lines[route].degree),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function pressureOf({ bulkhead, waitMsMax }: Guard): Pressure<'wait'> {
  return new Pressure({
    wait: { limit: waitPartMax, read: () => bulkhead.waitedMs / waitMsMax },
  });
}
