import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from '../../platform/settings.ts';
import { kafkaConnection } from './connection.ts';
import { sends } from './publisher.ts';
import { recordsOf } from './records.ts';
import { transferAt } from '../testing.ts';

const broker = { KAFKA_BOOTSTRAP: 'one:9092, two:9093' };
const sasl = {
  KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
  KAFKA_SASL_USERNAME: 'atlas',
  KAFKA_SASL_PASSWORD: 'secret',
};

test('the settings name the brokers, and TLS and SASL when they are wanted', async () => {
  const plain = await connection(broker);
  assert.deepEqual(plain.bootstrapBrokers, ['one:9092', 'two:9093']);
  assert.equal(plain.tls, undefined);
  assert.equal(plain.sasl, undefined);
  const secured = await connection({ ...broker, ...sasl, KAFKA_TLS: '1' });
  assert.deepEqual(secured.tls, {});
  assert.equal(secured.tlsServerName, true);
  const byAddress = await connection({
    KAFKA_BOOTSTRAP: '127.0.0.1:9093,[::1]:9093',
    KAFKA_TLS: '1',
  });
  assert.equal(byAddress.tlsServerName, false);
  assert.deepEqual(secured.sasl, {
    mechanism: 'SCRAM-SHA-512',
    username: 'atlas',
    password: 'secret',
  });
});

test('settings that do not go together are one clear line', async () => {
  await assert.rejects(connection({ KAFKA_BOOTSTRAP: 'http://one:9092' }), /is not host:port/);
  await assert.rejects(connection({ ...broker, KAFKA_TLS_CA: 'ca.pem' }), /needs KAFKA_TLS=1/);
  await assert.rejects(
    connection({ ...broker, KAFKA_TLS: '1', KAFKA_TLS_CA: '/nowhere/ca.pem' }),
    /KAFKA_TLS_CA cannot be read/,
  );
  await assert.rejects(
    connection({ ...broker, KAFKA_SASL_USERNAME: 'atlas' }),
    /go together: set all three/,
  );
});

test('a send has at most 500 transfers and stays far below what a broker takes in a batch', () => {
  const topics = { balanceUpdates: 'balances', ledgerEvents: 'events' };
  const small = Array.from({ length: 1_201 }, (_, index) => recordsOf(transferAt(index), topics));
  assert.deepEqual(
    [...sends(small)].map((records) => records.length / 3),
    [500, 500, 201],
  );
  assert.deepEqual([...sends(small)].flat(), small.flat());
  const metadata = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`key-${index}`, 'ü'.repeat(500)]),
  );
  const large = Array.from({ length: 100 }, (_, index) => {
    const transfer = transferAt(index);
    return recordsOf({ ...transfer, ledger: { ...transfer.ledger, metadata } }, topics);
  });
  const cut = [...sends(large)];
  assert.deepEqual(cut.flat(), large.flat());
  assert.ok(cut.length > 1);
  for (const records of cut) {
    const events = records.filter(({ topic }) => topic === topics.ledgerEvents);
    const bytes = events.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
    assert.ok(bytes <= 768 * 1024, `${bytes} bytes`);
  }
});

function connection(environment: Record<string, string>) {
  return kafkaConnection(readSettings(environment), 'test');
}
