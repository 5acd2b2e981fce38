// The classes of traffic, from what goes first to what can wait. What belongs to which is each role's to
// say, from its routes and the token; here is only that there are three and which of them yields.
export const trafficClasses = ['critical', 'normal', 'bulk'] as const;
export type TrafficClass = (typeof trafficClasses)[number];
export type ByClass<T> = Readonly<Record<TrafficClass, T>>;

export function byClass<T>(of: (kind: TrafficClass) => T): Record<TrafficClass, T> {
  return { critical: of('critical'), normal: of('normal'), bulk: of('bulk') };
}
