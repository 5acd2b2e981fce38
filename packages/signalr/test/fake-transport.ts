/** A connection without a socket, for what depends on moments that no real socket can be made to hit. */
import { Methods } from '../src/calls/methods.ts';
import { Connection } from '../src/connection.ts';
import type { Limits } from '../src/limits.ts';
import { Bundles } from '../src/protocol/bundles.ts';
import { createStats } from '../src/stats.ts';
import type { Transport } from '../src/transports/transport.ts';

/** A connection after its handshake, on a socket that says how much waits in it. */
export function connectTo(options: { limits: Limits; wait?: () => Promise<undefined> }) {
  const { limits, wait = async () => undefined } = options;
  const methods = new Methods<Connection<null>>(undefined);
  methods.add('Wait', [], { streams: false, handler: wait });
  const resumed = Promise.withResolvers<void>();
  const transport: Transport & { waitingBytes: number; terminated: boolean } = {
    formats: ['text', 'binary'],
    name: 'WebSockets',
    inherentKeepAlive: false,
    waitingBytes: 0,
    terminated: false,
    listen() {},
    send() {},
    pause() {},
    resume: () => resumed.resolve(),
    close() {},
    terminate() {
      transport.terminated = true;
    },
  };
  const connection = new Connection<null>({
    id: '1',
    stateful: false,
    identity: null,
    expiresAtMs: Infinity,
    transport,
    host: {
      limits,
      stats: createStats(),
      bundles: new Bundles(),
      connected: async () => {},
      methods,
      invoked() {},
      reattached() {},
      drained() {},
      ended() {},
      disconnected: async () => {},
      failed() {},
    },
  });
  connection.received(Buffer.from('{"protocol":"json","version":1}\x1e'));
  return { connection, transport, resumed: resumed.promise };
}
