import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mean, most, niceTop, paths, slices, spanOf } from './chart-shape.ts';

const frame = { width: 100, height: 10, top: 10, fromMs: 0, toMs: 10_000, gapMs: 5_000 };

test('a scale ends at a round figure, and an empty one is still a scale', () => {
  assert.deepEqual(
    [0, 0.2, 1, 1.2, 3, 6, 12, 430, 1_000].map(niceTop),
    [1, 1, 1, 2, 5, 10, 20, 500, 1_000],
  );
});

test('a line breaks where nothing is known and where samples are far apart', () => {
  const { line } = paths([0, 1_000, 2_000, 3_000, 9_000], [0, 5, undefined, 10, 10], frame);
  assert.equal(line, 'M0 10L10 5h.1M30 0h.1M90 0h.1');
});

test('the area under a line stands on the base', () => {
  const { area } = paths([1_000, 2_000], [5, 10], frame);
  assert.equal(area, 'M10 10L10 5L20 0L20 10Z');
});

test('what is longer ago than the chart reaches is left out, and what is too high is cut off', () => {
  const { line } = paths([-1_000, 1_000], [5, 99], frame);
  assert.equal(line, 'M10 0h.1');
});

test('a chart is as long as what there is to show, up to its longest', () => {
  const spans = [60, 120, 300];
  assert.equal(spanOf([], 1_000, spans), 60);
  assert.equal(spanOf([910], 1_000, spans), 120);
  assert.equal(spanOf([0], 1_000, spans), 300);
});

test('times fall into slices, newest first', () => {
  assert.deepEqual(slices([14, 15, 29, 31], 15), [
    { fromMs: 30, first: 3, end: 4 },
    { fromMs: 15, first: 1, end: 3 },
    { fromMs: 0, first: 0, end: 1 },
  ]);
});

test('means and maxima leave out what is unknown, and are unknown without anything known', () => {
  assert.equal(mean([undefined, 2, 4]), 3);
  assert.equal(most([undefined, 2, 4]), 4);
  assert.equal(mean([undefined]), undefined);
  assert.equal(most([]), undefined);
});
