// The least that Fastify can do for the same answers: a constant balance with an ETag, and a 304. It
// looks nothing up and asks for no token.
import Fastify from 'fastify';

const app = Fastify();
const etag = '"r1-1"';
const body = {
  accountId: 'acc_000',
  currency: 'EUR',
  availableMinor: '123456',
  pendingMinor: '0',
  bookedMinor: '123456',
  version: 1,
  updatedAt: new Date().toISOString(),
};

app.get('/ledger/accounts/:id/balance', (request, reply) => {
  reply.header('etag', etag);
  return request.headers['if-none-match'] === etag ? reply.code(304).send() : reply.send(body);
});
process.send!(await app.listen({ host: '127.0.0.1', port: 0 }));
process.once('disconnect', () => process.exit());
