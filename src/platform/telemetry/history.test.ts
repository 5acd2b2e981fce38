import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMetrics, type Metrics } from '../metrics.ts';
import { cellsPerSeriesMax, createHistory, sampleMs, samplesKept } from './history.ts';

const startMs = 1_795_600_000_000;

/** A role whose clock is moved by hand. */
function historyOf(role: string) {
  const metrics = createMetrics(role);
  let now = startMs;
  const history = createHistory({ role, registry: metrics.registry, nowMs: () => now });
  return {
    metrics,
    history,
    /** Lets samples pass, one at each border. */
    async pass(samples: number) {
      for (let i = 0; i < samples; i += 1) {
        now += sampleMs;
        await history.sample();
      }
    },
    /** Time in which the process does not run. */
    pause: (samples: number) => (now += samples * sampleMs),
    read: (samples: number, perStep = 1) =>
      history.read({
        fromMs: now - samples * sampleMs,
        stepMs: perStep * sampleMs,
        steps: samples / perStep,
      }),
  };
}

function admittedOf(metrics: Metrics) {
  const counted = metrics.counter('admitted_total', 'for the test', ['class']);
  return (count: number) => counted.inc({ class: 'normal' }, count);
}

describe('the hour that a role keeps', () => {
  it('has by how much a counter rose in each sample, and of steps the sum', async () => {
    const { metrics, pass, read } = historyOf('payments');
    const admit = admittedOf(metrics);
    for (const count of [5, 0, 7, 2]) {
      admit(count);
      await pass(1);
    }
    const pointsOf = ({ cells }: Awaited<ReturnType<typeof read>>) =>
      cells.find(({ series }) => series === 'transfers.admitted');
    assert.deepEqual(pointsOf(await read(4))?.points, [5, 0, 7, 2]);
    assert.deepEqual(pointsOf(await read(4))?.of, { class: 'normal' });
    assert.deepEqual(pointsOf(await read(4, 2))?.points, [5, 9]);
  });

  it('says of which seconds it knows nothing', async () => {
    const { metrics, pass, read } = historyOf('payments');
    admittedOf(metrics)(1);
    await pass(2);
    assert.deepEqual((await read(6, 2)).coveredSeconds, [0, 0, 10]);
    assert.deepEqual((await read(6, 3)).coveredSeconds, [0, 10]);
  });

  it('has where a gauge stood on average, and nothing for a pause of the process', async () => {
    const { metrics, pass, pause, read } = historyOf('realtime');
    let open = 10;
    metrics.gauge('connections', 'for the test', () => open);
    const sent = metrics.counter('deliveries_total', 'for the test');
    await pass(1);
    open = 20;
    await pass(1);
    pause(2);
    sent.inc(30);
    await pass(1);
    const { cells, coveredSeconds } = await read(5);
    const points = (name: string) => cells.find(({ series }) => series === name)?.points;
    assert.deepEqual(points('hub.connections'), [10, 20, null, null, 20]);
    // What was counted in the pause was counted then: the rate over all of it is right.
    assert.deepEqual(points('hub.deliveries'), [0, 0, 0, 0, 30]);
    assert.deepEqual(coveredSeconds, [5, 5, 5, 5, 5]);
    const steps = (await read(2, 2)).cells.find(({ series }) => series === 'hub.connections');
    assert.deepEqual(steps?.points, [20]);
  });

  it('has how much each bucket of a histogram rose, of the routes that count', async () => {
    const { metrics, pass, read } = historyOf('payments');
    const seconds = metrics.histogram('http_request_seconds', 'for the test', ['method', 'route']);
    const transfers = { method: 'POST', route: '/payments/transfers' };
    seconds.observe(transfers, 0.0005);
    seconds.observe(transfers, 0.2);
    seconds.observe({ ...transfers, method: 'GET' }, 0.2);
    seconds.observe({ method: 'POST', route: '/payments/transfers/batch' }, 99);
    await pass(1);
    seconds.observe(transfers, 0.2);
    seconds.observe(transfers, 99);
    await pass(2);
    const { cells } = await read(3);
    const { buckets } = cells.find(({ series }) => series === 'transfers.seconds')!;
    assert.deepEqual(buckets, [
      [1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1],
      [],
    ]);
    const answered = cells.find(({ series }) => series === 'transfers.answered');
    assert.deepEqual(answered?.points, [4, 2, 0]);
  });

  it('forgets what is older than an hour', async () => {
    const { metrics, pass, read } = historyOf('payments');
    const admit = admittedOf(metrics);
    admit(3);
    await pass(1);
    await pass(samplesKept - 1);
    const total = async () => {
      const { cells } = await read(samplesKept + 10, samplesKept + 10);
      return cells.find(({ series }) => series === 'transfers.admitted')?.points;
    };
    assert.deepEqual(await total(), [3]);
    await pass(1);
    assert.deepEqual(await total(), [0]);
  });

  it('is of a fixed size, however many labels there are', async () => {
    const { metrics, pass, read, history } = historyOf('realtime');
    const partitions = 3 * cellsPerSeriesMax;
    metrics.gauges('feed_lag_records', 'for the test', 'partition', () =>
      Array.from({ length: partitions }, (_, partition) => [partition, partition] as const),
    );
    await pass(3);
    const lag = (await read(1)).cells.filter(({ series }) => series === 'hub.lag');
    assert.equal(lag.length, cellsPerSeriesMax);
    // The worst of those that have no ring of their own is not lost.
    assert.deepEqual(lag.find(({ of }) => of['partition'] === 'other')?.points, [partitions - 1]);
    assert.equal(history.bytes, cellsPerSeriesMax * samplesKept * 8);
  });

  it('takes the sample that is due when it is asked, and each only once', async () => {
    const { metrics, pass, pause, read } = historyOf('payments');
    const admit = admittedOf(metrics);
    await pass(1);
    admit(4);
    pause(1);
    const of = async () =>
      (await read(1)).cells.find(({ series }) => series === 'transfers.admitted')?.points;
    assert.deepEqual(await Promise.all([of(), of()]), [[4], [4]]);
    assert.deepEqual(await of(), [4]);
  });
});
