import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { privateKafka } from '../../../test/engines/index.ts';
import { readSettings } from '../../platform/settings.ts';
import type { EventPublisher, TransferEvents } from '../event-log.ts';
import { makeTopics, openKafkaBalanceFeed, openKafkaPublisher } from '../kafka.ts';
import { createRecorder, transferAt } from '../testing.ts';

test('a broker killed under load, and restarted twice, costs no update and inverts none', async () => {
  await using server = await privateKafka();
  const settings = readSettings({ KAFKA_BOOTSTRAP: server.bootstrap });
  await makeTopics(settings);
  const feed = await openKafkaBalanceFeed(settings);
  const recorder = createRecorder();
  await using subscription = feed.subscribe(recorder);
  await subscription.established;
  await using publisher = await openKafkaPublisher(settings);
  await using relay = startRelay(publisher);

  await recorder.until(() => recorder.updates.length > 200);
  await server.kill();
  await recorder.until(() => recorder.counts.failed === 1);
  assert.equal(subscription.connected(), false);
  await server.restart();
  const before = recorder.updates.length;
  await recorder.until(() => recorder.updates.length > before + 200);
  assert.equal(subscription.connected(), true);
  await server.restart();
  const last = await relay.stop();

  const accounts = ['acc_a', 'acc_b'];
  const heard = (accountId: string) =>
    recorder.updates.filter((each) => each.accountId === accountId).map(({ version }) => version);
  // They lie in different partitions, and one may be read before the other.
  await recorder.until(() => accounts.every((accountId) => heard(accountId).includes(last)));
  for (const accountId of accounts) {
    let newest = 0;
    for (const version of heard(accountId)) {
      assert.ok(version <= newest + 1, `version ${version} came after ${newest}`);
      newest = Math.max(newest, version);
    }
    assert.equal(newest, last);
  }
  assert.equal(recorder.counts.gap, 0);
});

/** Publishes without end, repeating what was not acknowledged, as the relay does. */
function startRelay(publisher: EventPublisher): AsyncDisposable & { stop(): Promise<number> } {
  const stopping = new AbortController();
  let version = 0;
  const disposing = new AbortController();
  const finished = (async () => {
    while (!stopping.signal.aborted) {
      const transfers = Array.from({ length: 5 }, () => transferAt((version += 1)));
      while (!(await taken(transfers)) && !disposing.signal.aborted);
      await delay(2);
    }
    return version;
  })();
  return {
    stop() {
      stopping.abort();
      return finished;
    },
    async [Symbol.asyncDispose]() {
      disposing.abort();
      stopping.abort();
      await finished;
    },
  };

  async function taken(transfers: TransferEvents[]): Promise<boolean> {
    return publisher.publish(transfers).then(
      () => true,
      () => false,
    );
  }
}
