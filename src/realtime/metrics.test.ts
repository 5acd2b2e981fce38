import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PartitionLag } from '../engines/event-log.ts';
import { createMetrics } from '../platform/metrics.ts';
import { exposeLag } from './metrics.ts';
import { realtimeFixture } from './testing.ts';

test('a delivery is counted, with its way from the commit and its wait for the flush', async () => {
  await using fixture = await realtimeFixture();
  for (const account of ['a', 'b']) fixture.book.change('tnt_demo', account);
  const ada = await fixture.connect(await fixture.token());
  await ada.client.invoke('SubscribeBalance', 'a');
  const before = await figures(fixture.metrics);
  const startedAt = Date.now();
  await fixture.transfer('a', 'b');
  await ada.until(() => ada.versions('a').length === 2);
  const seconds = (Date.now() - startedAt) / 1_000;
  const after = await figures(fixture.metrics);
  const rise = (name: string) => after(name) - before(name);
  assert.equal(rise('deliveries_total'), 1);
  assert.equal(rise('flush_delay_seconds_count'), 1);
  assert.equal(rise('way_seconds_count'), 1);
  for (const name of ['flush_delay_seconds_sum', 'way_seconds_sum']) {
    assert.ok(rise(name) >= 0 && rise(name) <= seconds + 0.001, `${name} ${rise(name)}`);
  }
  assert.ok(rise('sent_bytes_total') > 100);
  assert.equal(after('conflated_total'), 0);
  assert.equal(after('dropped_total'), 0);
});

test('the value of a snapshot is as old as it is, and no way time', async () => {
  await using fixture = await realtimeFixture();
  fixture.book.change('tnt_demo', 'a');
  const ada = await fixture.connect(await fixture.token());
  await ada.client.invoke('SubscribeBalance', 'a');
  const figure = await figures(fixture.metrics);
  assert.equal(figure('deliveries_total'), 1);
  assert.equal(figure('way_seconds_count'), 0);
});

test('each partition says how far behind it is and how old its last record is', async () => {
  const metrics = createMetrics('realtime');
  let lag: PartitionLag[] = [
    { partition: 0, records: 7, recordAt: 5_000 },
    { partition: 3, records: 0, recordAt: undefined },
  ];
  exposeLag(
    metrics,
    () => lag,
    () => 7_500,
  );
  const lines = async () =>
    (await metrics.registry.metrics())
      .split('\n')
      .filter((line) => line.startsWith('atlas_realtime_feed_'));
  assert.deepEqual(await lines(), [
    'atlas_realtime_feed_lag_records{partition="0"} 7',
    'atlas_realtime_feed_lag_records{partition="3"} 0',
    'atlas_realtime_feed_record_age_seconds{partition="0"} 2.5',
  ]);
  lag = [];
  assert.deepEqual(await lines(), []);
});

async function figures(metrics: () => Promise<string>): Promise<(name: string) => number> {
  const text = await metrics();
  return (name) => Number(new RegExp(`^atlas_realtime_${name} (\\S+)$`, 'm').exec(text)?.[1]);
}
