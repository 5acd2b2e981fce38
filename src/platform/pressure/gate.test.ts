import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PressureGate } from './gate.ts';
import { trafficClasses, type TrafficClass } from './traffic-class.ts';

/** Of a thousand requests of a class, those that pass. */
function passing(degree: number, kind: TrafficClass): number {
  const gate = new PressureGate(() => degree);
  let passed = 0;
  for (let i = 0; i < 1_000; i += 1) {
    if (gate.passes(kind)) {
      gate.passed(kind);
      passed += 1;
    } else gate.refused(kind);
  }
  return passed;
}

test('pressure takes from bulk first, then from normal, and nothing from the critical class', () => {
  for (const [degree, ...wanted] of [
    [0, 1_000, 1_000, 1_000],
    [0.1, 1_000, 910, 600],
    [0.3, 1_000, 730, 0],
    [1, 1_000, 100, 0],
  ] as const) {
    for (const [i, kind] of trafficClasses.entries()) {
      const passed = passing(degree, kind);
      assert.ok(Math.abs(passed - wanted[i]!) <= 1, `${degree} ${kind}: ${passed}`);
    }
  }
});

test('looks that are not followed by anything change nothing', () => {
  const gate = new PressureGate(() => 1);
  gate.passed('normal');
  for (let i = 0; i < 100; i += 1) assert.ok(!gate.passes('normal'));
});
