import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it, test } from 'node:test';
import type { Cell, History } from '../../contracts/telemetry.ts';
import { secondsBuckets } from '../../platform/metrics.ts';
import { addUp } from './add-up.ts';
import { measure } from './figures.ts';
import { allowedShare, judge, slos } from './slos.ts';
import { quantile } from './terms.ts';

const counter = (series: string, points: Cell['points'], of: Cell['of'] = {}): Cell => ({
  series,
  of,
  points,
});
const historyOf = (cells: readonly Cell[], coveredSeconds = [5, 5]): History => ({
  coveredSeconds,
  cells,
});
/** So many in the bucket that ends here; without a bound in the last. */
const bucketsAt = (counts: Readonly<Record<number, number>>, beyond = 0) => [
  ...secondsBuckets.map((bound) => counts[bound] ?? 0),
  beyond,
];
const histogram = (series: string, buckets: readonly number[][]): Cell => ({
  series,
  of: {},
  points: [],
  buckets,
});
const figureOf = (history: History, name: string) =>
  measure(history).find((figure) => figure.name === name)!;

const sloOf = (name: string, range: History, hour = range) =>
  judge(range, hour).find((slo) => slo.name === name)!;

describe('replicas added up', () => {
  it('are the sum of their counters and of their connections, and the worst of their lags', () => {
    const one = historyOf([
      counter('transfers.admitted', [1, 2], { class: 'normal' }),
      counter('hub.connections', [10, null]),
      counter('hub.lag', [3, 4], { partition: '0' }),
    ]);
    const two = historyOf(
      [
        counter('transfers.admitted', [0, 5], { class: 'normal' }),
        counter('transfers.admitted', [0, 1], { class: 'bulk' }),
        counter('hub.connections', [null, 7]),
        counter('hub.lag', [null, 9], { partition: '0' }),
      ],
      [0, 5],
    );
    assert.deepEqual(addUp([one, two], 2), {
      coveredSeconds: [5, 5],
      cells: [
        counter('transfers.admitted', [1, 7], { class: 'normal' }),
        counter('hub.connections', [10, 7]),
        counter('hub.lag', [3, 9], { partition: '0' }),
        counter('transfers.admitted', [0, 1], { class: 'bulk' }),
      ],
    });
  });

  it('have the percentile of all their requests, and not the mean of their percentiles', () => {
    const fast = historyOf([histogram('reads.seconds', [bucketsAt({ 0.005: 990 }), []])]);
    const slow = historyOf([histogram('reads.seconds', [bucketsAt({ 1: 10 }), []])]);
    const p99 = (...histories: History[]) => figureOf(addUp(histories, 2), 'reads.p99').value!;
    // The 990th of 1,000 is the slowest of the fast replica.
    assert.equal(p99(fast, slow), 5);
    assert.ok((p99(fast) + p99(slow)) / 2 > 400);
  });

  it('leave out what a replica of another version keeps', () => {
    assert.deepEqual(addUp([historyOf([counter('of tomorrow', [1, 1])])], 2).cells, []);
  });
});

describe('a figure', () => {
  it('is a rate over the time that is known, in all and by labels', () => {
    const history = historyOf(
      [
        counter('transfers.shed', [0, 10], { class: 'normal', reason: 'rate' }),
        counter('transfers.shed', [0, 5], { class: 'bulk', reason: 'rate' }),
        counter('transfers.shed', [0, 0], { class: 'bulk', reason: 'queue' }),
      ],
      [0, 5],
    );
    const { value, points, parts, unit, madeOf } = figureOf(history, 'transfers.refused');
    assert.deepEqual([value, points, unit], [3, [null, 3], 'per second']);
    assert.deepEqual(madeOf, ['atlas_payments_shed_total']);
    assert.deepEqual(
      parts.map(({ of, value }) => [of['class'], of['reason'], value]),
      [
        ['normal', 'rate', 2],
        ['bulk', 'rate', 1],
      ],
    );
  });

  it('is a share of what there was, and nothing where there was none', () => {
    const history = historyOf([counter('cache.hits', [9, 0]), counter('cache.misses', [1, 0])]);
    const { value, points } = figureOf(history, 'cache.hitRatio');
    assert.deepEqual([value, points], [0.9, [0.9, null]]);
    assert.equal(figureOf(historyOf([]), 'cache.hitRatio').value, null);
  });

  it('of refusals and of errors counts those of the gateway itself', () => {
    const history = historyOf([
      counter('transfers.offered', [90, 0]),
      counter('transfers.answered', [90, 0]),
      counter('gateway.shed', [10, 0]),
      counter('gateway.failed', [10, 0]),
    ]);
    const valueOf = (name: string) => figureOf(history, name).value;
    assert.deepEqual(
      [valueOf('requests.refusedShare'), valueOf('requests.errorShare')],
      [0.1, 0.1],
    );
    assert.deepEqual([valueOf('gateway.refused'), valueOf('gateway.errors')], [1, 1]);
    assert.equal(sloOf('shed', history).value, 10);
  });

  it('is where a gauge stands now', () => {
    const history = historyOf([counter('hub.connections', [4, 6])]);
    assert.deepEqual(figureOf(history, 'hub.connections').value, 6);
  });

  it('is never zero for what is not known', () => {
    for (const { name, value } of measure(historyOf([], [0, 0]))) assert.equal(value, null, name);
  });
});

describe('a quantile', () => {
  it('lies within its bucket as far as its rank does, as Prometheus has it', () => {
    assert.equal(quantile(0.5, bucketsAt({ 1: 100 })), 0.75);
    assert.equal(quantile(0.99, bucketsAt({ 0.001: 99, 10: 1 })), 0.001);
    assert.equal(quantile(1, bucketsAt({ 0.001: 99, 0.0025: 1 })), 0.0025);
    assert.equal(quantile(0.99, bucketsAt({}, 5)), 10);
    assert.equal(quantile(0.5, []), null);
  });
});

describe('an SLO', () => {
  it('burns at one where as much has failed as may', () => {
    const reads = (hits: number, misses: number) =>
      historyOf([counter('cache.hits', [hits, 0]), counter('cache.misses', [misses, 0])]);
    const judged = sloOf('hit ratio', reads(800, 200), reads(900, 100));
    const { value, state, burnRange, burnHour } = judged;
    assert.deepEqual([value, state, burnRange, burnHour], [80, 'broken', 1, 0.5]);
    assert.equal(sloOf('hit ratio', reads(801, 199)).state, 'kept');
  });

  it('is not broken by one cold read, and not kept by a handful of warm ones', () => {
    const reads = (hits: number, misses: number) =>
      sloOf(
        'hit ratio',
        historyOf([counter('cache.hits', [hits, 0]), counter('cache.misses', [misses, 0])]),
      );
    const cold = reads(0, 1);
    assert.deepEqual(
      [cold.value, cold.state, cold.burnRange, cold.events, cold.eventsMin],
      [0, 'unknown', 0.025, 1, 200],
    );
    assert.equal(reads(199, 0).state, 'unknown');
    assert.equal(reads(200, 0).state, 'kept');
  });

  it('is broken by few requests too, where as many failures were too many among enough', () => {
    const errors = (failed: number) =>
      sloOf(
        'errors',
        historyOf([
          counter('transfers.answered', [10, 0]),
          counter('transfers.failed', [failed, 0]),
        ]),
      );
    assert.equal(errors(1).state, 'unknown');
    assert.deepEqual([errors(10).state, errors(10).burnRange], ['broken', 4]);
  });

  it('of requests takes so many of them that one alone cannot break it', () => {
    for (const slo of slos.filter(({ eventsMin }) => eventsMin !== undefined)) {
      assert.ok(slo.eventsMin! * allowedShare(slo) > 1, slo.name);
    }
  });

  it('of a time is broken when more than one of a hundred is slower than its bar', () => {
    const way = (slow: number) =>
      historyOf([histogram('hub.waySeconds', [bucketsAt({ 1: 1_000 - slow, 2.5: slow }), []])]);
    const kept = sloOf('change to screen p99', way(9));
    assert.deepEqual([kept.state, kept.burnRange], ['kept', 0.9]);
    assert.ok(kept.value! < 1_000);
    const broken = sloOf('change to screen p99', way(20));
    assert.deepEqual([broken.state, broken.burnRange], ['broken', 2]);
    assert.ok(broken.value! > 1_000);
  });

  it('of sockets counts the time of each connection', () => {
    const { value, state } = sloOf(
      'socket uptime',
      historyOf([counter('hub.connections', [10, 30]), counter('hub.fedConnections', [10, 10])]),
    );
    assert.deepEqual([value, state], [50, 'broken']);
  });

  it('says nothing where there was nothing to judge', () => {
    for (const { value, state, burnRange } of judge(historyOf([]), historyOf([]))) {
      assert.deepEqual([value, state, burnRange], [null, 'unknown', null]);
    }
  });
});

test('docs/telemetry.md has the SLOs of the code', async () => {
  const text = await readFile(new URL('../../../docs/telemetry.md', import.meta.url), 'utf8');
  const documented = text
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .flatMap(([, name, bar, least, what]) =>
      name?.startsWith('`') ? [[name, bar, least, what]] : [],
    );
  assert.deepEqual(
    documented,
    slos.map(({ name, is, bar, unit, eventsMin, what }) => [
      `\`${name}\``,
      `${is} ${bar} ${unit}`,
      eventsMin === undefined ? '' : String(eventsMin),
      what,
    ]),
  );
});
