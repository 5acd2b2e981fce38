// An Apache Kafka broker of our own (single-node KRaft): no imitation of Kafka is good enough for
// groups, idempotence and crashes, and the real one starts in two seconds.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Programs } from './programs.ts';
import { engineFolder, freePort, startServer, type Server } from './server.ts';

const run = promisify(execFile);
const smallMachine = ['-Xms256m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

export type KafkaServer = Server & { readonly bootstrap: string };

export async function startKafka(programs: Programs): Promise<KafkaServer> {
  const java = await programs.find('java');
  const classes = join(await programs.find('kafka'), '*');
  const folder = await engineFolder('kafka');
  const file = join(folder, 'server.properties');
  const [port, controllerPort] = [await freePort(), await freePort()];
  await writeFile(file, properties(join(folder, 'log'), port, controllerPort));
  const storage = ['-cp', classes, 'kafka.tools.StorageTool'];
  const id = 'atlas-tests-kafka-0000'; // 22 characters of base64, as a cluster's id is
  await run(java, [...smallMachine, ...storage, 'format', '-t', id, '-c', file], { cwd: folder });
  const server = await startServer(
    {
      command: java,
      args: [...smallMachine, ...loud, '-cp', classes, 'kafka.Kafka', file],
      ready: /Kafka Server started/,
      endSignal: 'SIGKILL',
      cwd: folder,
    },
    'SIGTERM',
    folder,
  );
  return Object.assign(server, { bootstrap: `127.0.0.1:${port}` });
}

/** Warnings, and the one line that says it is ready. */
const loud = [
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info',
  '-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.utils.AppInfoParser=error',
];

function properties(folder: string, port: number, controllerPort: number): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': folder,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 5,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'log.cleaner.dedupe.buffer.size': 2_097_152,
    // A killed broker may register again when its session has ended: 9 s by default.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    // A misspelt topic must be an error, as it is in production.
    'auto.create.topics.enable': false,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
