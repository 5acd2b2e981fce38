import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { frameOf } from './web-socket-frame.ts';

test('a client reads frames of every size and format', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const connected = once(server, 'connection');
  const { port } = server.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  const [, { socket }] = (await connected) as [WebSocket, IncomingMessage];
  for (const length of [0, 1, 125, 126, 65_535, 65_536, 3_000_000]) {
    for (const format of ['text', 'binary'] as const) {
      const payload = Buffer.alloc(length, 'payload ');
      const came = once(client, 'message');
      socket.write(frameOf(payload, format));
      assert.deepEqual(await came, [payload, format === 'binary']);
    }
  }
  client.terminate();
  server.close();
});

test('the same bytes in a row are framed once', () => {
  const [one, two] = [Buffer.from('one'), Buffer.from('two')];
  const frame = frameOf(one, 'text');
  assert.equal(frameOf(one, 'text'), frame);
  frameOf(two, 'text');
  assert.deepEqual(frameOf(one, 'text'), frame);
});
