import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StageRing, createStages } from '../platform/stages.ts';
import { stagesOf, type Reported } from './timeline.ts';

const nothing: Reported = {
  node: 'one',
  clockMayDifferMs: 0,
  report: { marks: [], since: { published: 1_000 } },
};
const missing = { unanswered: false, postedAtMs: 2_000 };

test('of a ring the oldest make room, and it says since when it has forgotten nothing', () => {
  const ring = new StageRing(3, 50);
  assert.equal(ring.sinceMs, 50);
  for (const [id, atMs] of [
    ['a', 100],
    ['b', 200],
    ['b', 210],
    ['c', 300],
  ] as const) {
    ring.add(id, atMs);
  }
  assert.deepEqual(ring.find('a'), []);
  assert.deepEqual(
    ring.find('b').map(([atMs]) => atMs),
    [200, 210],
  );
  assert.equal(ring.sinceMs, 200);
});

test('a process reports what its roles have measured, and nothing of others', () => {
  const stages = createStages(() => 5);
  stages.committed().add('a', 100, 107);
  stages.delivered().add('a', 120, 130, 2);
  stages.delivered().add('b', 121, 131, 4);
  assert.deepEqual(stages.report('a'), {
    marks: [
      { stage: 'committed', atMs: 100 },
      { stage: 'cached', atMs: 107 },
      { stage: 'delivered', atMs: 120, lastAtMs: 130, deliveries: 2 },
    ],
    since: { committed: 5, cached: 5, delivered: 5 },
  });
});

test('what a replica has delivered at several times is one line, and each replica has its own', () => {
  const delivered = (atMs: number, lastAtMs: number, deliveries: number) =>
    ({ stage: 'delivered', atMs, lastAtMs, deliveries }) as const;
  const reports: Reported[] = [
    { ...nothing, report: { marks: [delivered(30, 35, 2), delivered(20, 22, 1)], since: {} } },
    { ...nothing, node: 'two', report: { marks: [delivered(10, 11, 7)], since: {} } },
  ];
  assert.deepEqual(stagesOf('delivered', reports, missing), [
    { stage: 'delivered', status: 'measured', node: 'two', atMs: 10, lastAtMs: 11, deliveries: 7 },
    { stage: 'delivered', status: 'measured', node: 'one', atMs: 20, lastAtMs: 35, deliveries: 3 },
  ]);
});

test('a stage published twice, by a relay and its successor, counts when it was first', () => {
  const marks = [
    { stage: 'published', atMs: 50 },
    { stage: 'published', atMs: 40 },
  ] as const;
  const [stage] = stagesOf('published', [{ ...nothing, report: { marks, since: {} } }], missing);
  assert.equal(stage!.status === 'measured' && stage!.atMs, 40);
});

test('a missing stage says whether it is forgotten, unanswered or has not happened', () => {
  const reasonOf = (reports: Reported[], more = missing) => {
    const [stage] = stagesOf('published', reports, more);
    return stage!.status === 'missing' && stage!.reason;
  };
  assert.equal(reasonOf([nothing]), 'not_measured');
  assert.equal(reasonOf([nothing], { ...missing, postedAtMs: 900 }), 'forgotten');
  assert.equal(reasonOf([{ ...nothing, clockMayDifferMs: 5_000 }]), 'forgotten');
  const nobody = { ...nothing, report: { marks: [], since: {} } };
  assert.equal(reasonOf([nobody]), 'unanswered', 'nobody who measures it is known');
  assert.equal(reasonOf([nothing], { ...missing, unanswered: true }), 'unanswered');
});
