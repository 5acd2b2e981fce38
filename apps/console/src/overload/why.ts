// Why requests are refused now: for each reason a sentence with the figures that decide it, so that
// whoever is on call sees whether the core is slow, the ceiling is low or one client asks too much.
import type { LoadSheddingStats } from '@atlas/client';
import { countText, durationText, listText, shareText } from '../ui/figure-text.ts';
import { riseLately } from './rates.ts';
import {
  reasonNames,
  reasons,
  refused,
  trafficClasses,
  type Reason,
  type TrafficClass,
} from './refusals.ts';
import type { Sample } from '../ui/watch.ts';

/** What was refused longer ago is history, and no reason any more. */
export const latelyMs = 10_000;

export interface Cause {
  readonly reason: Reason;
  readonly name: string;
  /** Refused in the last ten seconds. */
  readonly refused: number;
  /** Who that was, or who would be. */
  readonly whom: string;
  readonly because: string;
}

export function causesOf(samples: readonly Sample<LoadSheddingStats>[]): Cause[] {
  const stats = samples.at(-1)?.value;
  if (stats === undefined) return [];
  return reasons.flatMap((reason) => {
    const count = (kind: TrafficClass) =>
      riseLately(samples, (value) => refused(value, { kind, reason }), latelyMs);
    const hit = trafficClasses.filter((kind) => count(kind) > 0);
    const would = refusingNow(stats, reason);
    if (hit.length === 0 && !would) return [];
    const total = hit.reduce((sum, kind) => sum + count(kind), 0);
    const each = hit.map((kind) => `${countText(count(kind))} ${kind}`);
    const whom = total > 0 ? `${listText(each)} in the last 10 s` : (would as string);
    return [
      { reason, name: reasonNames[reason], refused: total, whom, because: because(stats, reason) },
    ];
  });
}

/** Who would be refused, in words; undefined: nobody. */
function refusingNow({ reasons: why }: LoadSheddingStats, reason: Reason): string | undefined {
  const classes = (kinds: readonly TrafficClass[]) =>
    kinds.length === 0 ? undefined : `${listText(kinds)} would be refused now`;
  switch (reason) {
    case 'inFlight':
      return classes(why.inFlight.refusing);
    case 'rate':
      return classes(why.rate.refusing);
    case 'pressure':
      return classes(why.pressure.refusing);
    case 'quota':
      return why.quota.exhausted > 0 ? 'those clients would be refused now' : undefined;
    case 'queue':
      return why.queue.transfers >= why.queue.transfersMax ? 'all would be refused now' : undefined;
    case 'deadline':
      return undefined;
  }
}

function because(stats: LoadSheddingStats, reason: Reason): string {
  switch (reason) {
    case 'inFlight':
      return inFlightBecause(stats);
    case 'rate':
      return rateBecause(stats);
    case 'pressure':
      return pressureBecause(stats.reasons.pressure);
    case 'quota':
      return quotaBecause(stats.reasons.quota);
    case 'queue':
      return queueBecause(stats.reasons.queue);
    case 'deadline':
      return deadlineBecause(stats.reasons.deadline);
  }
}

function inFlightBecause({
  inFlight,
  inFlightLimit,
  reasons: { inFlight: why },
}: LoadSheddingStats) {
  const limit = `The limit stands at ${countText(inFlightLimit)}`;
  const now = `${countText(inFlight)} in flight at this moment`;
  const aim = durationText(why.targetMs);
  if (why.meanMs === undefined) return `${limit}: the core has completed nothing yet. ${now}.`;
  const takes = `the core answers in ${durationText(why.meanMs)}, aimed at ${aim}`;
  return why.meanMs > why.targetMs
    ? `${limit} because ${takes}; ${now}.`
    : `${limit} and rises while more is asked for, because ${takes}; ${now}.`;
}

function rateBecause({
  tokensAvailable,
  ratePerSecond,
  burstCapacity,
  reasons,
}: LoadSheddingStats) {
  const kept = trafficClasses
    .filter((kind) => reasons.rate.tokensKept[kind] > 0)
    .map((kind) => `${kind} leaves ${countText(reasons.rate.tokensKept[kind])}`);
  const left = `${countText(tokensAvailable)} of ${countText(burstCapacity)} tokens are left`;
  const reserve = kept.length === 0 ? '' : `, of which ${listText(kept)} to the classes above`;
  return `The ceiling admits ${countText(ratePerSecond)} a second ${forWhom(reasons.rate)}; ${left}${reserve}.`;
}

/** Whose the ceiling is, as in "400 a second for this replica". */
export function forWhom({ ceiling, replicas }: LoadSheddingStats['reasons']['rate']): string {
  if (ceiling === 'alone') return 'for this replica';
  const all = `all ${countText(replicas)} replicas`;
  return ceiling === 'shared'
    ? `for ${all} together`
    : `for ${all} together, and this one has its own share while Redis is away`;
}

function pressureBecause({
  loop,
  memory,
  pool,
  admittedPart,
}: LoadSheddingStats['reasons']['pressure']) {
  const over = [
    loop.over &&
      `its event loop is ${durationText(loop.value)} late (limit ${durationText(loop.limit)})`,
    memory.over &&
      `${shareText(memory.value)} of its memory is used (limit ${shareText(memory.limit)})`,
    pool.over &&
      `what waits in the core waits ${durationText(pool.value)} for a connection (limit ${durationText(pool.limit)})`,
  ].filter((text) => text !== false);
  const parts = trafficClasses
    .filter((kind) => admittedPart[kind] < 1)
    .map((kind) => `${shareText(admittedPart[kind])} of ${kind}`);
  const within = parts.length === 0 ? 'All classes get in' : `${listText(parts)} get in`;
  return over.length === 0
    ? `This replica was at its limits and is back under them. ${within}.`
    : `This replica is at its limits: ${listText(over)}. ${within}.`;
}

function quotaBecause({
  exhausted,
  clients,
  ratePerSecond,
  burstCapacity,
}: LoadSheddingStats['reasons']['quota']) {
  const who = `${countText(exhausted)} of ${countText(clients)} clients`;
  const have = exhausted === 1 ? 'has' : 'have';
  return `${who} ${have} nothing left of ${countText(ratePerSecond)} requests a second, ${countText(burstCapacity)} at once.`;
}

function queueBecause({ transfers, transfersMax }: LoadSheddingStats['reasons']['queue']) {
  return `${countText(transfers)} transfers wait for the core, and ${countText(transfersMax)} may: the core takes them more slowly than they come.`;
}

function deadlineBecause({ defaultMs, maxMs }: LoadSheddingStats['reasons']['deadline']) {
  return `Their callers’ time was over before the work could begin: what Request-Timeout says, else ${durationText(defaultMs)}; at most ${durationText(maxMs)} counts.`;
}
