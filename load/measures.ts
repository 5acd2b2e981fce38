// What bars are held against: each a number out of the facts of a run. Shares are in percent.
import type { Facts } from './bars.ts';
import type { ClassFigures } from './recorder.ts';
import type { Phase } from './shapes.ts';

/** From the scheduled time to the answer that served a customer, retries included. */
export function servedP99Ms(className: string) {
  return ({ load }: Facts) => orNothing(load.classes[className]?.latency);
}

/** From when a request was due to its answer, of those that were not shed. */
export function admittedP99Ms(...classNames: string[]) {
  return ({ load }: Facts) =>
    highest(classNames.map((name) => orNothing(load.classes[name]?.admitted)));
}

/** Requests that failed or were refused for good: in a load none should be. */
export const errorShare = ({ load }: Facts) =>
  share(
    load.classes,
    ({ requests }) => requests.failed + requests.refused,
    ({ sent }) => sent,
  );

export const shedShare = ({ load }: Facts) =>
  share(
    load.classes,
    ({ requests }) => requests.shed,
    ({ sent }) => sent,
  );

/** Customers who were served in the end, with the retries that clients make. */
export const availability = ({ load }: Facts) =>
  share(
    load.classes,
    ({ served }) => served,
    ({ offered }) => offered,
  );

export function servedShare(className: string) {
  return ({ load }: Facts) => {
    const of = load.classes[className];
    return of === undefined || of.offered === 0 ? undefined : (100 * of.served) / of.offered;
  };
}

export const hitRatio = (facts: Facts) => {
  const { first, last } = cacheEdges(facts);
  return first && last && last.reads > first.reads
    ? (100 * (last.hits - first.hits)) / (last.reads - first.reads)
    : undefined;
};

export const databaseCallsSaved = (facts: Facts) => {
  const { first, last } = cacheEdges(facts);
  return first && last && last.reads > first.reads
    ? 100 * (1 - (last.databaseCalls - first.databaseCalls) / (last.reads - first.reads))
    : undefined;
};

export const socketUptime = ({ screens }: Facts) => screens && 100 * screens.uptime;

/** A change that a screen never showed makes it endless. */
export const changeToScreenP99Ms = ({ screens }: Facts) =>
  screens && (screens.missing > 0 ? Number.POSITIVE_INFINITY : orNothing(screens.changeToScreen));

/** Goodput of a phase as a share of that of the phase before the disturbance, for one class. */
export function goodputKept(className: string, phase: string) {
  return ({ load }: Facts) => {
    const before = goodPerSecond(load.classes[className], named(load.phases, 'before'));
    const during = goodPerSecond(load.classes[className], named(load.phases, phase));
    return before && during !== undefined ? (100 * during) / before : undefined;
  };
}

/**
 * Seconds from the end of the disturbance until the goodput is back for good: the last half second of
 * which less than nine tenths of what was offered was good.
 */
export function recoverySeconds(className: string) {
  return ({ load }: Facts) => {
    const part = slotsOf(load.classes[className], named(load.phases, 'after'));
    if (part === undefined) return undefined;
    const { slots, perSecond } = part;
    const together = Math.max(1, perSecond / 2);
    let back = 0;
    for (let at = 0; at + together <= slots.length; at += 1) {
      const window = slots.slice(at, at + together);
      const offered = window.reduce((sum, slot) => sum + slot.offered, 0);
      const good = window.reduce((sum, slot) => sum + slot.good, 0);
      if (good < 0.9 * offered) back = at + 1;
    }
    return back / perSecond;
  };
}

function goodPerSecond(
  figures: ClassFigures | undefined,
  phase: Phase | undefined,
): number | undefined {
  const part = slotsOf(figures, phase);
  if (part === undefined || part.slots.length === 0) return undefined;
  const { slots, perSecond } = part;
  return slots.reduce((sum, slot) => sum + slot.good, 0) / (slots.length / perSecond);
}

/** Of the finest series that the run has kept. */
function slotsOf(figures: ClassFigures | undefined, phase: Phase | undefined) {
  if (figures === undefined || phase === undefined || figures.series.length === 0) return undefined;
  const finest = figures.series.reduce((a, b) => (b.everyMs < a.everyMs ? b : a));
  const perSecond = 1_000 / finest.everyMs;
  const slots = finest.slots.slice(
    Math.round(phase.fromSeconds * perSecond),
    Math.round(phase.toSeconds * perSecond),
  );
  return { slots, perSecond };
}

function named(phases: readonly Phase[], name: string): Phase | undefined {
  return phases.find((phase) => phase.name === name);
}

function share(
  classes: Facts['load']['classes'],
  part: (figures: ClassFigures) => number,
  whole: (figures: ClassFigures) => number,
): number | undefined {
  const all = Object.values(classes);
  const sum = (of: (figures: ClassFigures) => number) =>
    all.reduce((total, each) => total + of(each), 0);
  return sum(whole) === 0 ? undefined : (100 * sum(part)) / sum(whole);
}

function cacheEdges({ server }: Facts) {
  const seen = server.flatMap(({ cache }) => (cache === undefined ? [] : [cache]));
  return { first: seen[0], last: seen.at(-1) };
}

function orNothing(latency: { count: number; p99Ms: number } | undefined): number | undefined {
  return latency === undefined || latency.count === 0 ? undefined : latency.p99Ms;
}

function highest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
