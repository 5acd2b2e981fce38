// Atlas as the checker of stale reads meets it: two cores, and before each a front of payments and ledger,
// as processes of their own on PostgreSQL, Kafka and Redis. The first core and the first ledger reach Redis
// through proxies, and the second ledger PostgreSQL, so that each way can be cut while the others stand.
import { kafka, privatePostgres, privateRedis } from '../../engines/index.ts';
import type { PostgresServer, RedisServer } from '../../engines/index.ts';
import type { Target } from '../../stale-reads/ground.ts';
import type { Environment } from '../../system.ts';
import { startCluster, type RoleProcess } from '../processes.ts';
import { startProxy, type Proxy } from '../proxy.ts';

export interface Town extends AsyncDisposable {
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
  readonly cores: readonly RoleProcess[];
  /** Payments, which hands on to the core of the same place, and ledger. */
  readonly fronts: readonly RoleProcess[];
  /** Between the first core and Redis. */
  readonly coreWay: Proxy;
  /** Between the first ledger and Redis. */
  readonly ledgerWay: Proxy;
  /** Between the second ledger and PostgreSQL. */
  readonly bookWay: Proxy;
  readonly target: Target;
}

export async function startTown(environment: Environment = {}): Promise<Town> {
  await using stack = new AsyncDisposableStack();
  const postgres = stack.use(await privatePostgres());
  const redis = stack.use(await privateRedis());
  const broker = await kafka();
  const way = async (port: number) => stack.use(await startProxy(port));
  const coreWay = await way(redis.port);
  const ledgerWay = await way(redis.port);
  const bookWay = await way(Number(new URL(postgres.url).port));
  const through = (url: string, { port }: Proxy) => {
    const moved = new URL(url);
    moved.port = String(port);
    return moved.href;
  };
  const cluster = stack.use(
    await startCluster({
      DATABASE_URL: postgres.url,
      REDIS: redis.url,
      KAFKA_BOOTSTRAP: broker.bootstrap,
      TOPIC_BALANCE_UPDATES: broker.name('balance-updates'),
      TOPIC_LEDGER_EVENTS: broker.name('ledger-events'),
      TOPIC_PARTITIONS: '1',
      ...environment,
    }),
  );
  // One after the other: the first makes the tables and topics.
  const cores = [
    await cluster.start(['core'], { REDIS: through(redis.url, coreWay) }),
    await cluster.start(['core']),
  ];
  const ways = [
    { REDIS: through(redis.url, ledgerWay) },
    { DATABASE_URL: through(postgres.url, bookWay) },
  ];
  const fronts = await Promise.all(
    cores.map((core, i) =>
      cluster.start(['payments', 'ledger'], { LEDGER_INTERNAL: core.urls['core']!, ...ways[i] }),
    ),
  );
  const target = {
    payments: fronts.map(({ urls }) => urls['payments']!),
    ledgers: fronts.map(({ urls }) => urls['ledger']!),
    token: await cluster.token(),
  };
  const resources = stack.move();
  return {
    postgres,
    redis,
    cores,
    fronts,
    coreWay,
    ledgerWay,
    bookWay,
    target,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
