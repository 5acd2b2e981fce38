// The least that node:http can do to refuse: headers and a body that were built before.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { problem } from '../../src/contracts/problems.ts';
import { shedDetails } from '../../src/payments/shedding/shed.ts';

const body = Buffer.from(
  JSON.stringify(problem('overloaded', shedDetails.rate, { instance: '/payments/transfers' })),
);
const headers = Object.entries({
  'content-type': 'application/problem+json',
  'content-length': String(body.length),
  'cache-control': 'no-store',
  'retry-after': '2',
}).flat();
const server = createServer((_request, response) => {
  response.writeHead(503, headers);
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  // As long as that of the payments role, so that as much is read.
  process.send!({ url: `http://127.0.0.1:${port}`, token: 'x'.repeat(650) });
});
process.once('disconnect', () => process.exit());
