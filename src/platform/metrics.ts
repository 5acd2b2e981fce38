// A registry per role, also when several roles share a process, so that /metrics of a role means the
// same wherever it runs. Names: atlas_<role>_<what>_<unit>.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Upper ends of a histogram's buckets; the last has none. */
export const secondsBuckets = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

export interface Metrics {
  readonly registry: Registry;
  counter<L extends string>(what: string, help: string, labels?: readonly L[]): Counter<L>;
  /** A gauge that `read` fills when it is asked for. */
  gauge(what: string, help: string, read: () => number): Gauge;
  /** A gauge with a value per label value; those that `read` leaves out are gone. */
  gauges(
    what: string,
    help: string,
    label: string,
    read: () => Iterable<readonly [of: string | number, value: number]>,
  ): Gauge;
  /** A counter that is kept elsewhere and read when it is asked for; it only rises. */
  total(what: string, help: string, read: () => number): Counter;
  /** The same with labels. */
  totals<L extends string>(
    what: string,
    help: string,
    labels: readonly L[],
    read: () => Iterable<readonly [of: Readonly<Record<L, string>>, value: number]>,
  ): Counter;
  /** A duration in seconds. */
  histogram<L extends string>(what: string, help: string, labels?: readonly L[]): Histogram<L>;
}

export function createMetrics(role: string): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const name = (what: string) => `atlas_${role}_${what}`;
  return {
    registry,
    counter: (what, help, labels = []) =>
      new Counter({ name: name(what), help, labelNames: [...labels], registers }),
    gauge: (what, help, read) =>
      new Gauge({
        name: name(what),
        help,
        registers,
        collect() {
          this.set(read());
        },
      }),
    gauges: (what, help, label, read) =>
      new Gauge({
        name: name(what),
        help,
        labelNames: [label],
        registers,
        collect() {
          this.reset();
          for (const [of, value] of read()) this.set({ [label]: of }, value);
        },
      }),
    total: (what, help, read) =>
      new Counter({
        name: name(what),
        help,
        registers,
        collect() {
          this.reset();
          this.inc(read());
        },
      }),
    totals: (what, help, labels, read) =>
      new Counter({
        name: name(what),
        help,
        labelNames: [...labels],
        registers,
        collect() {
          this.reset();
          for (const [of, value] of read()) this.inc({ ...of }, value);
        },
      }),
    histogram: (what, help, labels = []) =>
      new Histogram({
        name: name(what),
        help,
        labelNames: [...labels],
        registers,
        buckets: secondsBuckets,
      }),
  };
}
