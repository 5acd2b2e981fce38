// Takes admitted transfers to the core, and tells apart how that may fail: as overload (nothing happened,
// and the caller hears when to come back), or with an outcome that nobody knows.
import { ProblemError } from '../contracts/problems.ts';
import type { TransferOutcome, TransferRequest } from '../contracts/transfers.ts';
import type { Admission } from './shedding/admission.ts';
import type { TransferCounts } from './shedding/counts.ts';
import type { HandOver } from './hand-over.ts';
import { joinSameKey } from './same-key.ts';
import { Shed } from './shedding/shed.ts';
import type { TrafficClass } from '../platform/pressure/traffic-class.ts';

export interface WayToCore {
  /** @throws Shed when nothing happened; else what the core throws. */
  post(request: TransferRequest, kind: TrafficClass): Promise<TransferOutcome>;
  /** The same for several, in order. Some may be `overloaded`; when all are it is thrown. */
  postAll(requests: readonly TransferRequest[], kind: TrafficClass): Promise<TransferOutcome[]>;
}

export interface WayToCoreParts {
  readonly handOver: HandOver;
  readonly admission: Admission;
  readonly counts: TransferCounts;
}

export function createWayToCore({ handOver, admission, counts }: WayToCoreParts): WayToCore {
  const joined = joinSameKey(async (request) => (await handOver.post([request]))[0]!);

  async function counting<T>(work: Promise<T>, transfers: number, kind: TrafficClass): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'overloaded') {
        const late = error instanceof Shed && error.reason === 'deadline';
        counts.decided('shed', transfers);
        throw admission.refusalAfterwards(kind, late ? 'deadline' : 'queue');
      }
      counts.decided('failed', transfers);
      throw error;
    }
  }

  function decided(outcome: TransferOutcome): void {
    if (isLate(outcome)) counts.decided('shed');
    else counts.decided(outcome.replayed ? 'replayed' : outcome.status);
  }

  return {
    async post(request, kind) {
      const outcome = await counting(joined(request), 1, kind);
      decided(outcome);
      if (isLate(outcome)) throw admission.refusalAfterwards(kind, 'deadline');
      return outcome;
    },
    async postAll(requests, kind) {
      const outcomes = await counting(handOver.post(requests), requests.length, kind);
      for (const outcome of outcomes) decided(outcome);
      if (outcomes.every(isLate)) throw admission.refusalAfterwards(kind, 'deadline');
      return outcomes;
    },
  };
}

function isLate(outcome: TransferOutcome): boolean {
  return outcome.status === 'refused' && outcome.code === 'overloaded';
}
