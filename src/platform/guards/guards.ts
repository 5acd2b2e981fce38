// All that stands before the dependencies of a role, for its metrics and its log: which breaker is open,
// how full each bulkhead is, who was refused and why, and how much was tried again.
import type { Log } from '../logs.ts';
import type { Metrics } from '../metrics.ts';
import { createRefusalLines, type RefusalLines } from '../refusal-lines.ts';
import type { Breaker, BreakerState } from './breaker.ts';
import type { Bulkhead } from './bulkhead.ts';
import type { GuardRefusal } from './guard.ts';
import type { RetryBudget } from './retry-budget.ts';

export interface Guarded {
  readonly name: string;
  readonly breaker: Breaker;
  readonly bulkhead: Bulkhead;
  readonly refused: Readonly<Record<GuardRefusal, number>>;
  /** Calls whose caller was gone, or out of time, before they had ended. */
  readonly dropped?: number;
  /** Told of each refusal. */
  onRefuse: (reason: GuardRefusal) => void;
}

const stateNumber: Readonly<Record<BreakerState, number>> = { closed: 0, half_open: 1, open: 2 };

export class Guards {
  readonly #log: Log;
  readonly #lines: RefusalLines;
  /** Of the process, which every role of it shares. */
  readonly #shared: Guards | undefined;
  readonly #guards = new Set<Guarded>();
  readonly #budgets = new Set<RetryBudget>();

  constructor(log: Log, shared?: Guards) {
    this.#log = log;
    this.#lines = createRefusalLines(log, 'calls of a dependency are refused');
    this.#shared = shared;
  }

  add<G extends Guarded>(guard: G): G {
    const { name: dependency, breaker } = guard;
    breaker.onChange = (state) => {
      if (state === 'open') this.#log.warn({ dependency }, 'a dependency fails: its breaker opens');
      else this.#log.info({ dependency }, 'a dependency answers again: its breaker closes');
    };
    guard.onRefuse = (reason) => this.#lines.add({ dependency, reason });
    this.#guards.add(guard);
    return guard;
  }

  addBudget(budget: RetryBudget): RetryBudget {
    this.#budgets.add(budget);
    return budget;
  }

  /** For dependencies that come and go: other replicas. */
  remove(gone: Guarded | RetryBudget): void {
    this.#guards.delete(gone as Guarded);
    this.#budgets.delete(gone as RetryBudget);
  }

  expose(metrics: Metrics): void {
    const each = (value: (guard: Guarded) => number) => () =>
      this.#all().map((guard) => [guard.name, value(guard)] as const);
    metrics.gauges(
      'dependency_state',
      'Its breaker: 0 closed, 1 half-open, 2 open',
      'dependency',
      each(({ breaker }) => stateNumber[breaker.state]),
    );
    metrics.gauges(
      'dependency_calls',
      'Calls to it under way',
      'dependency',
      each(({ bulkhead }) => bulkhead.running),
    );
    metrics.gauges(
      'dependency_calls_limit',
      'Most calls to it at once',
      'dependency',
      each(({ bulkhead }) => bulkhead.atOnceMax),
    );
    metrics.gauges(
      'dependency_waiting',
      'Calls that wait for a place',
      'dependency',
      each(({ bulkhead }) => bulkhead.waiting),
    );
    metrics.totals(
      'dependency_refused_total',
      'Calls refused before they were made: breaker open, all places stuck, no room (full), no place in time (waited)',
      ['dependency', 'reason'],
      () =>
        this.#all().flatMap(({ name: dependency, refused }) =>
          Object.entries(refused).map(([reason, n]) => [{ dependency, reason }, n] as const),
        ),
    );
    metrics.totals(
      'dependency_dropped_total',
      'Calls whose caller had gone or was out of time before they ended',
      ['dependency'],
      () =>
        this.#all().flatMap(({ name: dependency, dropped }) =>
          dropped === undefined ? [] : [[{ dependency }, dropped] as const],
        ),
    );
    metrics.totals(
      'dependency_probes_total',
      'Calls that tried a half-open breaker',
      ['dependency', 'outcome'],
      () =>
        this.#all().flatMap(({ name: dependency, breaker: { counts } }) => [
          [{ dependency, outcome: 'failed' }, counts.probesFailed] as const,
          [{ dependency, outcome: 'passed' }, counts.probesPassed] as const,
        ]),
    );
    metrics.totals('dependency_opened_total', 'Times its breaker opened', ['dependency'], () =>
      this.#all().map(({ name: dependency, breaker }) => [{ dependency }, breaker.counts.opened]),
    );
    metrics.totals(
      'retries_total',
      'Calls made again by this role itself, or not for want of budget',
      ['dependency', 'outcome'],
      () =>
        this.#allBudgets().flatMap(({ name: dependency, counts }) => [
          [{ dependency, outcome: 'taken' }, counts.taken] as const,
          [{ dependency, outcome: 'denied' }, counts.denied] as const,
        ]),
    );
  }

  #all(): Guarded[] {
    return [...(this.#shared === undefined ? [] : this.#shared.#guards), ...this.#guards];
  }

  #allBudgets(): RetryBudget[] {
    return [...(this.#shared === undefined ? [] : this.#shared.#budgets), ...this.#budgets];
  }
}
