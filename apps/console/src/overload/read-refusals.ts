// Reads that the ledger refuses, by kind and reason, and why: at its door, where all requests count
// together and the ledger feels its own limits, or at the wall that each kind of read has before the book.
import type { LedgerLoadSheddingStats } from '@atlas/client';
import { countText, durationText, listText, shareText } from '../ui/figure-text.ts';
import { latelyRefused } from './lately-refused.ts';
import type { Sample } from '../ui/watch.ts';

type Stats = LedgerLoadSheddingStats;
export type ReadKind = keyof Stats['reads'];
export type Wall = Stats['reads'][ReadKind];
type DoorReason = keyof Stats['shed']['balance'];
export type ReadReason = DoorReason | keyof Wall['refused'];

export const readKinds: readonly ReadKind[] = [
  'balances',
  'statements',
  'accounts',
  'transfers',
  'audit',
];

export const readReasonNames: Readonly<Record<ReadReason, string>> = {
  pressure: 'Pressure',
  inFlight: 'Request limit',
  open: 'Breaker open',
  stuck: 'Places stuck',
  full: 'Nowhere to wait',
  waited: 'No place in time',
};
export const readReasons = Object.keys(readReasonNames) as ReadReason[];

/** The door counts by route, the walls by what is read. Lists of transfers are asked for by payments, inside. */
const routeOf: Readonly<Partial<Record<ReadKind, keyof Stats['shed']>>> = {
  balances: 'balance',
  statements: 'entries',
  accounts: 'accounts',
  audit: 'audit',
};

export function refusedReads(
  { shed, reads }: Stats,
  asked: { readonly kind?: ReadKind | undefined; readonly reason?: ReadReason | undefined } = {},
): number {
  const kinds = asked.kind === undefined ? readKinds : [asked.kind];
  const whys = asked.reason === undefined ? readReasons : [asked.reason];
  const count = (kind: ReadKind, reason: ReadReason) => {
    if (!isOfDoor(reason)) return reads[kind].refused[reason];
    const route = routeOf[kind];
    return route === undefined ? 0 : shed[route][reason];
  };
  return kinds.flatMap((kind) => whys.map((reason) => count(kind, reason))).reduce((a, b) => a + b);
}

function isOfDoor(reason: ReadReason): reason is DoorReason {
  return reason === 'pressure' || reason === 'inFlight';
}

export function readCausesOf(samples: readonly Sample<Stats>[]) {
  return latelyRefused(samples, {
    kinds: readKinds,
    reasonNames: readReasonNames,
    count: (stats, kind, reason) => refusedReads(stats, { kind, reason }),
    because: becauseOf,
  });
}

function becauseOf(stats: Stats, reason: ReadReason, kinds: readonly ReadKind[]): string {
  const each = (of: (wall: Wall) => string) =>
    listText(kinds.map((kind) => `${kind}: ${of(stats.reads[kind])}`));
  switch (reason) {
    case 'pressure':
      return pressureText(stats);
    case 'inFlight':
      return `${countText(stats.inFlight)} of ${countText(stats.inFlightLimit)} requests are under way at this moment.`;
    case 'open':
      return `The book failed or kept silent several times in a row, so it is tried by single reads only (breaker of ${each(({ breaker }) => breakerNames[breaker])}).`;
    case 'stuck':
      return `Reads over their time hold all places until the book lets go of them (${each(({ runningMax }) => `${countText(runningMax)} places`)}).`;
    case 'full':
      return `More wait than there is room for (${each(({ waiting, waitingMax }) => `${countText(waiting)} of ${countText(waitingMax)} at this moment`)}).`;
    case 'waited':
      return `The book answers too slowly for those who wait (${each(({ running, runningMax }) => `${countText(running)} of ${countText(runningMax)} places taken at this moment`)}).`;
  }
}

function pressureText({ pressure: { loop, memory, waits } }: Stats): string {
  const over = [
    ...(loop.over ? [`its event loop is ${durationText(loop.value)} late`] : []),
    ...(memory.over ? [`${shareText(memory.value)} of its memory is used`] : []),
    ...Object.entries(waits).flatMap(([line, { over }]) =>
      over ? [`${line} wait long for the book`] : [],
    ),
  ];
  if (over.length === 0) return 'The ledger was at its limits, and lets more in again by and by.';
  return `The ledger is at its limits: ${listText(over)}.`;
}

export const breakerNames: Readonly<Record<Wall['breaker'], string>> = {
  closed: 'closed',
  half_open: 'half-open',
  open: 'open',
};
