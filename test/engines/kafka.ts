// An Apache Kafka broker of our own (single-node KRaft): no imitation of Kafka is good enough for
// groups, idempotence and crashes, and the real one starts in two seconds.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { joinKeyStore, makeCertificates } from './certificates.ts';
import type { Programs } from './programs.ts';
import { engineFolder, freePort, startServer, type Server } from './server.ts';

const run = promisify(execFile);
const smallMachine = ['-Xms256m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

export type KafkaServer = Server & { readonly bootstrap: string };

/** Has a second address, which leads through a proxy. */
export type ProxiedKafkaServer = KafkaServer & { readonly proxied: string };

/** Takes TLS only, and one user, who signs in by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512. */
export interface SecuredKafkaServer extends KafkaServer {
  /** File with the authority that its certificate is from. */
  readonly authority: string;
  readonly username: string;
  readonly password: string;
}

export async function startKafka(programs: Programs): Promise<KafkaServer> {
  const folder = await engineFolder('kafka');
  const port = await freePort();
  const door = { listeners: `PLAINTEXT://127.0.0.1:${port}` };
  return launch({ programs, folder, port, door, format: [] });
}

/** @param proxyTo starts a proxy before the port and resolves to its own */
export async function startProxiedKafka(
  programs: Programs,
  proxyTo: (port: number) => Promise<number>,
): Promise<ProxiedKafkaServer> {
  const folder = await engineFolder('kafka');
  const [port, behind] = [await freePort(), await freePort()];
  const proxied = `127.0.0.1:${await proxyTo(behind)}`;
  const door = {
    listeners: `PLAINTEXT://127.0.0.1:${port},PROXIED://127.0.0.1:${behind}`,
    // Brokers tell their clients where to go on: these must stay on the way through the proxy.
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},PROXIED://${proxied}`,
  };
  return Object.assign(await launch({ programs, folder, port, door, format: [] }), { proxied });
}

export async function startSecuredKafka(programs: Programs): Promise<SecuredKafkaServer> {
  const folder = await engineFolder('kafka');
  const certificates = await makeCertificates(programs, folder);
  const user = { username: 'atlas', password: randomBytes(12).toString('hex') };
  const port = await freePort();
  const door = {
    listeners: `SASL_SSL://127.0.0.1:${port},BROKERS://127.0.0.1:${await freePort()}`,
    'inter.broker.listener.name': 'BROKERS',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': await joinKeyStore(certificates),
    ...signIn(user),
  };
  const format = scramMechanisms.flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${user.username},password=${user.password}]`,
  ]);
  const server = await launch({ programs, folder, port, door, format });
  return Object.assign(server, { authority: certificates.authority, ...user });
}

const scramMechanisms = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];
const plainModule = 'org.apache.kafka.common.security.plain.PlainLoginModule';
const scramModule = 'org.apache.kafka.common.security.scram.ScramLoginModule';

function signIn({ username, password }: { username: string; password: string }) {
  const module = (mechanism: string): string =>
    `listener.name.sasl_ssl.${mechanism.toLowerCase()}.sasl.jaas.config`;
  return {
    'sasl.enabled.mechanisms': ['PLAIN', ...scramMechanisms].join(),
    [module('PLAIN')]: `${plainModule} required user_${username}="${password}";`,
    ...Object.fromEntries(
      scramMechanisms.map((mechanism) => [module(mechanism), `${scramModule} required;`]),
    ),
  };
}

interface Door extends Record<string, string> {
  readonly listeners: string;
}

interface KafkaLaunch {
  readonly programs: Programs;
  readonly folder: string;
  readonly port: number;
  /** How clients come in. */
  readonly door: Door;
  /** Further arguments of the command that makes the folder. */
  readonly format: readonly string[];
}

async function launch(options: KafkaLaunch): Promise<KafkaServer> {
  const { programs, folder, port, door } = options;
  const java = await programs.find('java');
  const classes = join(await programs.find('kafka'), '*');
  const file = join(folder, 'server.properties');
  const controller = `127.0.0.1:${await freePort()}`;
  await writeFile(file, properties(join(folder, 'log'), controller, door), { mode: 0o600 });
  const storage = ['-cp', classes, 'kafka.tools.StorageTool'];
  const id = 'atlas-tests-kafka-0000'; // 22 characters of base64, as a cluster's id is
  const format = ['format', '-t', id, '-c', file, ...options.format];
  await run(java, [...smallMachine, ...storage, ...format], { cwd: folder });
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

function properties(folder: string, controller: string, door: Door): string {
  return Object.entries({
    ...door,
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `${door.listeners},CONTROLLER://${controller}`,
    'listener.security.protocol.map':
      'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,SASL_SSL:SASL_SSL,BROKERS:PLAINTEXT,CONTROLLER:PLAINTEXT',
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
