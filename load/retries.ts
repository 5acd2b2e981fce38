// How the customers of a class take a refusal. `asClient` is what packages/client does, by its own code
// and limits; the others are what real fleets do wrong, as controls.
import { fullJitterMs } from '../packages/client/src/jitter.ts';
import { limits, retryBudget, type RetryBudgetLimits } from '../packages/client/src/limits.ts';
import { createRetryBudget, type RetryBudget } from '../packages/client/src/retry-budget.ts';
import type { Random } from '../src/commands/demo/random.ts';
import type { Clock } from './clock.ts';

export interface RetryPolicy {
  readonly name: string;
  /** Tries after the first. */
  readonly retriesMax: number;
  /** From the first arrival; a retry that would be due later is not made. */
  readonly giveUpAfterMs: number;
  /** A fixed pause, whatever the server asks for; or a jittered one that doubles, on top of Retry-After. */
  readonly pause:
    | { readonly fixedMs: number }
    | { readonly firstMs: number; readonly maxMs: number };
  /** Of each customer; without it only `retriesMax` ends the tries. */
  readonly budget?: RetryBudgetLimits;
}

export const asClient: RetryPolicy = {
  name: 'as packages/client',
  retriesMax: Number.POSITIVE_INFINITY,
  giveUpAfterMs: limits.deadlineMs,
  pause: limits.retryPause,
  budget: retryBudget,
};

export const noRetry: RetryPolicy = {
  name: 'no retry',
  retriesMax: 0,
  giveUpAfterMs: 0,
  pause: limits.retryPause,
};

/** Honours Retry-After with jitter, but has no budget: every customer insists so many times. */
export function insistent(retriesMax: number, giveUpAfterMs = 300_000): RetryPolicy {
  return {
    name: `up to ${retriesMax} retries`,
    retriesMax,
    giveUpAfterMs,
    pause: limits.retryPause,
  };
}

/** A control: the same pause every time, without jitter and deaf to Retry-After. */
export function fixedDelay(
  fixedMs: number,
  retriesMax: number,
  giveUpAfterMs = 300_000,
): RetryPolicy {
  return {
    name: `${fixedMs} ms, ${retriesMax} times`,
    retriesMax,
    giveUpAfterMs,
    pause: { fixedMs },
  };
}

export interface Customers {
  /** Somebody comes: one of the customers, by chance. */
  arrives(): Customer;
}

export interface Customer {
  /**
   * Milliseconds until the next try after a failed one; undefined: there is none.
   * @param sinceArrivalMs of the first try
   */
  pauseMs(
    failures: number,
    retryAfterMs: number | undefined,
    sinceArrivalMs: number,
  ): number | undefined;
}

/** @param count how many customers share the arrivals: each has a budget of its own */
export function createCustomers(
  policy: RetryPolicy,
  count: number,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Customers {
  const budgets = new Map<number, RetryBudget>();

  function budgetOf(customer: number): RetryBudget | undefined {
    if (policy.budget === undefined) return undefined;
    let budget = budgets.get(customer);
    if (budget === undefined)
      budgets.set(customer, (budget = createRetryBudget(policy.budget, clock)));
    return budget;
  }

  return {
    arrives() {
      const budget = budgetOf(Math.floor(random() * count));
      budget?.called();
      return {
        pauseMs(failures, retryAfterMs, sinceArrivalMs) {
          if (failures >= policy.retriesMax) return undefined;
          const wanted =
            'fixedMs' in policy.pause
              ? policy.pause.fixedMs
              : (retryAfterMs ?? 0) + fullJitterMs(failures, random(), policy.pause);
          const pauseMs = Math.max(wanted, budget?.waitMs() ?? 0);
          if (sinceArrivalMs + pauseMs >= policy.giveUpAfterMs) return undefined;
          budget?.take();
          return pauseMs;
        },
      };
    },
  };
}
