// What the clients say, as whole WebSocket frames: the official client's own encodings, so that the
// receiver needs none.
import { JsonHubProtocol, MessageType } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { hubMethods } from '../../src/contracts/hub.ts';

const protocols = { json: new JsonHubProtocol(), messagepack: new MessagePackHubProtocol() };
export type ProtocolName = keyof typeof protocols;

/** A client that only opens a socket, or only a WebSocket. */
export const silentClient = '- - - -';

/** A client of the hub that subscribes to the accounts and pings. */
export function clientLine(
  name: ProtocolName,
  token: string,
  accountIds: readonly string[],
): string {
  const protocol = protocols[name];
  const format = name === 'json' ? 1 : 2;
  const subscription = protocol.writeMessage({
    type: MessageType.Invocation,
    headers: {},
    invocationId: '1',
    target: hubMethods.subscribeMultiple,
    arguments: [accountIds],
    streamIds: [],
  });
  const ping = protocol.writeMessage({ type: MessageType.Ping });
  const handshake = `{"protocol":"${name}","version":1}\x1e`;
  const frames = [
    frame(1, Buffer.from(handshake)),
    frame(format, Buffer.from(subscription as never)),
    frame(format, Buffer.from(ping as never)),
  ];
  return [token, ...frames.map((each) => each.toString('hex'))].join(' ');
}

/** Masked, as clients must, with zeros. */
function frame(opcode: number, payload: Buffer): Buffer {
  const short = payload.length < 126;
  const head = Buffer.alloc(short ? 6 : 8);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | (short ? payload.length : 126);
  if (!short) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}
