import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Admin,
  Consumer,
  ProduceAcks,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka';
import { kafka, privateKafka } from './index.ts';

test('a test gets a real Kafka: a record that was produced is consumed by a group', async () => {
  const { bootstrap, name } = await kafka();
  const topic = name('records');
  await createTopic(bootstrap, topic);
  await produce(bootstrap, topic, 'hello');
  assert.equal(await consumeOne(bootstrap, topic, name('group')), 'hello');
});

test('a misspelt topic is an error instead of a new topic', async () => {
  const { bootstrap, name } = await kafka();
  await assert.rejects(produce(bootstrap, name('misspelt'), 'lost'));
});

test('a private Kafka comes back with its records after a restart and after a kill', async () => {
  await using server = await privateKafka();
  await createTopic(server.bootstrap, 'kept');
  await produce(server.bootstrap, 'kept', 'still here');
  await server.restart();
  assert.equal(await consumeOne(server.bootstrap, 'kept', 'one'), 'still here');
  await server.kill();
  await server.restart();
  assert.equal(await consumeOne(server.bootstrap, 'kept', 'two'), 'still here');
});

async function createTopic(bootstrap: string, topic: string): Promise<void> {
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [bootstrap] });
  await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
  await admin.close();
}

async function produce(bootstrap: string, topic: string, value: string): Promise<void> {
  const producer = new Producer({
    clientId: 'test',
    bootstrapBrokers: [bootstrap],
    serializers: stringSerializers,
    retries: 1,
  });
  try {
    await producer.send({ messages: [{ topic, value }], acks: ProduceAcks.ALL });
  } finally {
    await producer.close();
  }
}

async function consumeOne(bootstrap: string, topic: string, groupId: string): Promise<string> {
  const consumer = new Consumer({
    clientId: 'test',
    groupId,
    bootstrapBrokers: [bootstrap],
    deserializers: stringDeserializers,
  });
  const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false });
  try {
    for await (const message of stream) return message.value;
    throw new Error('the stream ended without a record');
  } finally {
    await consumer.close(true);
  }
}
