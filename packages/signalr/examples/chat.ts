import { createServer } from 'node:http';
import { z } from 'zod';
import { createHub, encodeInvocation } from '@atlas/signalr';

const hub = createHub({
  authenticate: ({ token }) => (token ? { identity: { name: token } } : { status: 401 }),
  allowOrigin: (origin) => origin === 'http://localhost:3000',
});

hub.method('Say', [z.string()], (connection, text) => {
  const message = encodeInvocation('said', [connection.identity.name, text]);
  for (const listener of hub.connections()) listener.sendEncoded(message);
});

export const server = createServer((request, response) => {
  if (!hub.handleRequest(request, response)) response.writeHead(404).end();
}).on('upgrade', (request, socket, head) => {
  if (!hub.handleUpgrade(request, socket, head)) socket.destroy();
});
