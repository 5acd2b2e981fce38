// Everything between a transfer and a screen, as processes of their own: two cores behind a balancer,
// the roles that callers meet, and two replicas of realtime that reach Kafka through a proxy and are
// themselves behind one, so that each way can be cut without the others.
import type { Environment } from '../../system.ts';
import { postgres, privateRedis, proxiedKafka } from '../../engines/index.ts';
import type { KafkaServer, RedisServer } from '../../engines/index.ts';
import type { Client } from '../../system.ts';
import { startCluster, type RoleProcess } from '../processes.ts';
import { startProxy, type Proxy } from '../proxy.ts';

export interface Town extends AsyncDisposable {
  readonly databaseUrl: string;
  readonly kafka: KafkaServer;
  readonly redis: RedisServer;
  readonly cores: readonly RoleProcess[];
  readonly replicas: readonly RoleProcess[];
  /** Between the replicas and Kafka. */
  readonly kafkaWay: Proxy;
  /** Between the replicas and the ledger. */
  readonly ledgerWay: Proxy;
  /** Between the replicas and Redis. */
  readonly redisWay: Proxy;
  /** Between the screens and the replicas. */
  readonly screenWay: Proxy;
  readonly client: Client;
  /** Where a screen of this user connects. */
  hubUrl(subject: string): Promise<string>;
}

export async function startTown(environment: Environment): Promise<Town> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await postgres());
  const redis = stack.use(await privateRedis());
  let kafkaWay: Proxy | undefined;
  const kafka = stack.use(
    await proxiedKafka(async (port) => (kafkaWay = stack.use(await startProxy(port))).port),
  );
  const redisWay = stack.use(await startProxy(redis.port));
  const cluster = stack.use(
    await startCluster({
      DATABASE_URL: database.url,
      REDIS: redis.url,
      KAFKA_BOOTSTRAP: kafka.bootstrap,
      TOPIC_PARTITIONS: '6',
      ...environment,
    }),
  );
  // One after the other: the first makes the tables and topics.
  const cores = [await cluster.start(['core']), await cluster.start(['core'])];
  const coreWay = stack.use(await startProxy(...cores.map((core) => portOf(core, 'core'))));
  const coreUrl = `http://127.0.0.1:${coreWay.port}`;
  const front = await cluster.start(['payments', 'ledger', 'gateway'], {
    LEDGER_INTERNAL: coreUrl,
  });
  const ledgerWay = stack.use(await startProxy(portOf(front, 'ledger')));
  const startReplica = () =>
    cluster.start(['realtime'], {
      LEDGER_INTERNAL: coreUrl,
      LEDGER_URL: `http://127.0.0.1:${ledgerWay.port}`,
      KAFKA_BOOTSTRAP: kafka.proxied,
      REDIS: `redis://127.0.0.1:${redisWay.port}`,
    });
  const replicas = await Promise.all([startReplica(), startReplica()]);
  const screenWay = stack.use(
    await startProxy(...replicas.map((replica) => portOf(replica, 'realtime'))),
  );
  const client = await cluster.client(front.urls['gateway']!);
  const resources = stack.move();
  return {
    databaseUrl: database.url,
    kafka,
    redis,
    cores,
    replicas,
    kafkaWay: kafkaWay!,
    ledgerWay,
    redisWay,
    screenWay,
    client,
    async hubUrl(subject) {
      const token = await cluster.token({ subject });
      return `ws://127.0.0.1:${screenWay.port}/ws?access_token=${token}`;
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function portOf({ urls }: RoleProcess, role: string): number {
  return Number(new URL(urls[role]!).port);
}
