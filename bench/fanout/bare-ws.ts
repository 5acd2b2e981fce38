// The bare loop: each update encoded once as a WebSocket frame, and a write of it to each socket of its
// group. It keeps no subscriptions, looks at no socket's buffer and gathers nothing over time.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { accountOf, paced, updateOf, type Fan, type Publication } from './load.ts';
import { serve } from './server.ts';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
await once(server, 'listening');
const sockets: Duplex[] = [];
server.on('connection', (_socket, request) => sockets.push(request.socket));

serve((server.address() as AddressInfo).port, {
  load: (load) =>
    paced(load, (publication) => {
      const { group } = publication;
      const frames = Array.from({ length: load.together }, (_, index) =>
        frameOf(load.fan, index, publication),
      );
      for (let at = group * load.fan; at < (group + 1) * load.fan; at += 1) {
        sockets[at]!.write(frames.length === 1 ? frames[0] : Buffer.concat(frames));
      }
    }),
});

/** The message that the hub would send, in a text frame of 126 to 65,535 bytes. */
function frameOf(fan: Fan, index: number, publication: Publication): Buffer {
  const update = updateOf(accountOf(fan, publication.group, index), publication);
  const message = { type: 1, target: 'balanceUpdate', arguments: [update] };
  const body = `${JSON.stringify(message)}\x1e`;
  const frame = Buffer.allocUnsafe(4 + body.length);
  frame[0] = 0x81;
  frame[1] = 126;
  frame.writeUInt16BE(body.length, 2);
  frame.write(body, 4, 'latin1');
  return frame;
}
