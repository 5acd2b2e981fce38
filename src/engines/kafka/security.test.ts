import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { securedKafka, strangeCertificates } from '../../../test/engines/index.ts';
import { readSettings, type Settings } from '../../platform/settings.ts';
import { makeTopics, openKafkaBalanceFeed, openKafkaPublisher } from '../kafka.ts';
import { createRecorder, transferAt } from '../testing.ts';

const broker = securedKafka();

for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']) {
  test(`topics are made, events published and read over TLS, signed in by ${mechanism}`, async () => {
    const settings = await settingsWith({ KAFKA_SASL_MECHANISM: mechanism });
    assert.equal((await makeTopics(settings)).length, 2);
    const recorder = createRecorder();
    const feed = await openKafkaBalanceFeed(settings);
    await using subscription = feed.subscribe(recorder);
    await subscription.established;
    await using publisher = await openKafkaPublisher(settings);
    await publisher.publish([transferAt(1)]);
    await recorder.until(() => recorder.updates.length === 2);
    assert.equal(recorder.counts.failed, 0);
  });
}

test('a wrong password is told by everything that signs in, and shown by nothing', async () => {
  const password = randomBytes(12).toString('hex');
  for (const error of await failures({ KAFKA_SASL_PASSWORD: password })) {
    assert.match(error.message, /^Kafka .*: SASL authentication failed/);
    assert.ok(!inspect(error, { depth: 20, showHidden: true }).includes(password));
  }
});

test('a broker whose certificate is from an unknown authority is refused, and the error says why', async () => {
  const { authority } = await strangeCertificates();
  for (const error of await failures({ KAFKA_TLS_CA: authority })) {
    assert.match(error.message, /^Kafka .*: unable to verify the first certificate/);
  }
});

test('a broker whose certificate is for another host is refused, and the error says why', async () => {
  const { bootstrap } = await broker;
  const another = bootstrap.replace('127.0.0.1', '127.1');
  for (const error of await failures({ KAFKA_BOOTSTRAP: another })) {
    assert.match(error.message, /^Kafka .*: Hostname\/IP does not match certificate's altnames/);
  }
});

test('the broker takes neither a client without TLS nor one that does not sign in', async () => {
  const plain = await failures({ KAFKA_TLS: '0', KAFKA_TLS_CA: '' });
  const anonymous = await failures({
    KAFKA_SASL_MECHANISM: '',
    KAFKA_SASL_USERNAME: '',
    KAFKA_SASL_PASSWORD: '',
  });
  for (const error of [...plain, ...anonymous]) assert.match(error.message, /^Kafka /);
});

/** What topics, publisher and feed say when none of them can work. */
async function failures(environment: Record<string, string>): Promise<Error[]> {
  const settings = await settingsWith(environment);
  const failed = Promise.withResolvers<Error>();
  const feed = await openKafkaBalanceFeed(settings);
  await using _subscription = feed.subscribe({
    ...createRecorder(),
    failed: (error) => failed.resolve(error as Error),
  });
  await using publisher = await openKafkaPublisher(settings);
  const errorOf = async (work: Promise<unknown>): Promise<Error> => {
    const [result] = await Promise.allSettled([work]);
    assert.equal(result.status, 'rejected');
    return result.reason as Error;
  };
  return await Promise.all([
    errorOf(makeTopics(settings)),
    errorOf(publisher.publish([transferAt(1)])),
    failed.promise,
  ]);
}

async function settingsWith(environment: Record<string, string>): Promise<Settings> {
  const { bootstrap, authority, username, password } = await broker;
  const suffix = randomBytes(6).toString('hex');
  return readSettings({
    KAFKA_BOOTSTRAP: bootstrap,
    KAFKA_TLS: '1',
    KAFKA_TLS_CA: authority,
    KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
    TOPIC_BALANCE_UPDATES: `balance-updates-${suffix}`,
    TOPIC_LEDGER_EVENTS: `ledger-events-${suffix}`,
    ...environment,
  });
}
