import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '../../platform/metrics.ts';
import { Admission } from './admission.ts';
import { TransferCounts } from './counts.ts';
import type { TrafficClass } from '../../platform/pressure/traffic-class.ts';

test('bulk leaves a quarter of the burst to the others, and normal a tenth to the critical class', () => {
  const admission = new Admission({
    ceiling: {
      ratePerSecond: 1,
      burst: 20,
      clientRatePerSecond: 0,
      clientBurst: 1,
    },
    inFlightStart: 1_000,
    inFlightMax: 1_000,
    targetMs: 100,
    counts: new TransferCounts(createMetrics('payments')),
    nowMs: () => 0,
    clock: { nowMs: () => 0, pause: { ms: 0, endedAtMs: Number.NEGATIVE_INFINITY } },
    pressure: () => 0,
    random: () => 0,
  });
  /** How many come in before the ceiling refuses one. */
  const admitted = (kind: TrafficClass) => {
    const asking = { kind, client: undefined, timeoutMs: 1_000 };
    let count = 0;
    for (; admission.refusal(asking) === undefined; count += 1) admission.admit(asking);
    assert.equal(admission.refusal(asking), 'rate');
    return count;
  };
  assert.deepEqual([admitted('bulk'), admitted('normal'), admitted('critical')], [15, 3, 2]);
});
