// How many arrivals a second there are at each moment of a run. A shape is data about the demand only:
// nothing that the server does can slow it down.

export interface Phase {
  readonly name: string;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

export interface Shape {
  readonly name: string;
  readonly seconds: number;
  /** The most that `perSecondAt` says. */
  readonly peakPerSecond: number;
  /** @param atSeconds since the start of the run, within `seconds` */
  perSecondAt(atSeconds: number): number;
  /** Parts of the run that are judged each by itself, in order, without gaps. */
  readonly phases: readonly Phase[];
}

export interface RateOverTime {
  readonly seconds: number;
  readonly perSecond: number;
}

export function steady({ perSecond, seconds }: RateOverTime): Shape {
  return levels('steady', seconds, [['steady', 0, perSecond]]);
}

/** From one rate to another at once, in the middle of the run. */
export function step({
  fromPerSecond,
  perSecond,
  seconds,
}: RateOverTime & { readonly fromPerSecond: number }): Shape {
  return levels('step', seconds, [
    ['before', 0, fromPerSecond],
    ['after', 1 / 2, perSecond],
  ]);
}

/** Evenly from one rate to another in four fifths of the run, then at the second. */
export function ramp({
  fromPerSecond,
  perSecond,
  seconds,
}: RateOverTime & { readonly fromPerSecond: number }): Shape {
  const topAt = seconds * 0.8;
  return {
    name: 'ramp',
    seconds,
    peakPerSecond: Math.max(fromPerSecond, perSecond),
    perSecondAt: (at) =>
      fromPerSecond + (perSecond - fromPerSecond) * Math.min(1, topAt === 0 ? 1 : at / topAt),
    phases: [
      { name: 'ramp', fromSeconds: 0, toSeconds: topAt },
      { name: 'top', fromSeconds: topAt, toSeconds: seconds },
    ],
  };
}

/** `times` the rate in the second quarter of the run; the rest shows how long the recovery takes. */
export function spike({
  perSecond,
  seconds,
  times = 10,
}: RateOverTime & { times?: number }): Shape {
  return levels('spike', seconds, [
    ['before', 0, perSecond],
    ['spike', 1 / 4, perSecond * times],
    ['after', 1 / 2, perSecond],
  ]);
}

/** The demand stays; in the second quarter the caller of the run slows the supply (`disturb`). */
export function brownOut({ perSecond, seconds }: RateOverTime): Shape {
  return levels('brown-out', seconds, [
    ['before', 0, perSecond],
    ['brown-out', 1 / 4, perSecond],
    ['after', 1 / 2, perSecond],
  ]);
}

/** The same demand, smaller or larger: of a class of traffic, its share. */
export function scaled(shape: Shape, factor: number): Shape {
  return {
    ...shape,
    peakPerSecond: shape.peakPerSecond * factor,
    perSecondAt: (at) => shape.perSecondAt(at) * factor,
  };
}

type Level = readonly [phase: string, fromShare: number, perSecond: number];

function levels(name: string, seconds: number, steps: readonly Level[]): Shape {
  return {
    name,
    seconds,
    peakPerSecond: Math.max(...steps.map(([, , perSecond]) => perSecond)),
    perSecondAt: (at) => steps.findLast(([, from]) => at >= from * seconds)![2],
    phases: steps.map(([phase, from], index) => ({
      name: phase,
      fromSeconds: from * seconds,
      toSeconds: (steps[index + 1]?.[1] ?? 1) * seconds,
    })),
  };
}
