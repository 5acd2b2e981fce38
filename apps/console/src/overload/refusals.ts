// Who is refused and for what, as the load-shedding statistics count it, with the names they go by here.
import type { LoadSheddingStats } from '@atlas/client';

export type TrafficClass = keyof LoadSheddingStats['shed'];
export type Reason = keyof LoadSheddingStats['shed']['normal'];

export const trafficClasses: readonly TrafficClass[] = ['critical', 'normal', 'bulk'];

/** In the order in which a request meets them. */
export const reasonNames: Readonly<Record<Reason, string>> = {
  deadline: 'Deadline',
  pressure: 'Pressure',
  inFlight: 'In-flight limit',
  rate: 'Ceiling',
  quota: 'Client quota',
  queue: 'Queue to the core',
};
export const reasons = Object.keys(reasonNames) as Reason[];

type Stats = LoadSheddingStats;

export function refused(
  { shed }: Stats,
  asked: { readonly kind?: TrafficClass | undefined; readonly reason?: Reason | undefined } = {},
): number {
  const kinds = asked.kind === undefined ? trafficClasses : [asked.kind];
  const whys = asked.reason === undefined ? reasons : [asked.reason];
  return sum(kinds.map((kind) => sum(whys.map((reason) => shed[kind][reason]))));
}

export function admitted(stats: Stats, kind?: TrafficClass): number {
  return kind === undefined ? stats.admitted : stats.admittedByClass[kind];
}

/** Requests that came: each was admitted or refused. */
export function offered(stats: Stats, kind?: TrafficClass): number {
  return kind === undefined ? stats.offered : stats.offeredByClass[kind];
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
