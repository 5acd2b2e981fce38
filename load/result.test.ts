import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeBars } from './bars.ts';
import { reportPage } from './report/page.ts';
import { describeReport, isPassed, thisMachine, type LoadReport } from './result.ts';
import { scenarios } from './scenarios/index.ts';
import { madeClass, madeFacts } from './testing.ts';

function made(voidBecause: readonly string[]): LoadReport {
  const { load, server } = madeFacts({ reads: madeClass([{ dueAtMs: 0, latencyMs: 1 }]) });
  const facts = { load: { ...load, voidBecause }, server };
  return {
    ...facts,
    command: 'atlas load reads',
    date: '2026-11-26T12:00:00.000Z',
    machine: thisMachine(),
    scenario: 'reads',
    about: 'made by hand',
    settings: {},
    verdicts: judgeBars(scenarios.reads.bars, facts),
  };
}

test('a run that kept every bar says so', () => {
  const report = made([]);
  assert.equal(isPassed(report), true);
  assert.match(describeReport(report), /^✔ reads p99 < 50 ms: 1 ms$/m);
  assert.match(reportPage(report), /✔ kept/);
});

test('of a void run nothing is called kept, whatever was measured', () => {
  const report = made(['the generator was late']);
  assert.equal(isPassed(report), false);
  const words = describeReport(report);
  assert.match(words, /^– reads p99 < 50 ms: 1 ms$/m);
  assert.match(words, /^VOID: the generator was late; these figures say nothing$/m);
  for (const text of [words, reportPage(report)]) assert.doesNotMatch(text, /✔|✖/);
});
