import { createServer } from 'node:http';
import { createHub } from '@atlas/signalr';
import { z } from 'zod';

type ChatClient = { said: [name: string, text: string] };

const hub = createHub<{ name: string }, ChatClient>({
  authenticate: ({ token }) => (token ? { identity: { name: token } } : { status: 401 }),
});

hub.method('Say', [z.string()], ({ identity }, text) => {
  for (const listener of hub.connections()) listener.send('said', [identity.name, text]);
});

hub.stream('Spell', [z.string()], async function* (_connection, text) {
  yield* text;
});

export const server = createServer((request, response) => {
  if (!hub.handleRequest(request, response)) response.writeHead(404).end();
}).on('upgrade', (request, socket, head) => {
  if (!hub.handleUpgrade(request, socket, head)) socket.destroy();
});
