// One replica of a control: the part of Atlas' HTTP interface that the checker uses. controls/start.ts
// starts it in a process of its own.
import Fastify from 'fastify';
import { Redis } from 'ioredis';
import { openBook, type Balance } from './book.ts';
import { ways, type WayName } from './ways.ts';

const [way, databaseUrl, redisUrl] = process.argv.slice(2);
const book = openBook(databaseUrl!);
const cache = ways[way as WayName](new Redis(redisUrl!), book);
const app = Fastify();

interface AccountRoute {
  Params: { id: string };
}

interface TransferRoute {
  Headers: { 'idempotency-key': string };
  Body: { sourceAccountId: string; destinationAccountId: string; minor: string };
}

app.put<AccountRoute>('/ledger/accounts/:id', async ({ params: { id } }, reply) => {
  await book.open(id);
  return reply.code(201).send({ accountId: id });
});

app.post<TransferRoute>('/payments/transfers', async ({ headers, body }, reply) => {
  const posted = await book.post({
    key: headers['idempotency-key'],
    source: body.sourceAccountId,
    destination: body.destinationAccountId,
    minor: body.minor,
  });
  const { source, destination } = posted;
  await cache.written([source, destination]);
  return reply.code(201).send({
    status: 'posted',
    source: { version: source.version },
    destination: { version: destination.version },
  });
});

app.get<AccountRoute>('/ledger/accounts/:id/balance', async ({ params, headers }, reply) => {
  const balance = await cache.read(params.id);
  if (balance === undefined) return reply.code(404).send({ code: 'account_not_found' });
  const etag = etagOf(balance);
  reply.header('etag', etag);
  return headers['if-none-match'] === etag ? reply.code(304).send() : reply.send(balance);
});

function etagOf({ version }: Balance): string {
  return `"${version}"`;
}

process.send!(await app.listen({ host: '127.0.0.1', port: 0 }));
process.once('disconnect', () => process.exit());
