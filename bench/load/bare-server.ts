// The least that can be loaded: node:http with one prepared answer.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const body = Buffer.from('{"accountId":"acc_1","availableMinor":"123456","version":1}');
const headers = ['content-type', 'application/json', 'content-length', String(body.length)];

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, headers);
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  process.send!(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once('disconnect', () => process.exit());
