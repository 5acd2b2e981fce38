import { join } from 'node:path';
import { program } from '../../../../../test/engines/index.ts';
import { type Profile, testConformance, type Way } from '../conformance.ts';
import { startProgram } from '../program.ts';

const overWebSockets: Way[] = [
  { transport: 'WebSockets', protocol: 'json' },
  { transport: 'WebSockets', protocol: 'messagepack' },
];

const polling = {
  pinging: 'it wants pings from a server that need not send any',
  reconnecting: 'it polls on as if nothing had happened',
};

const clients: Record<string, Omit<Profile, 'name'>> = {
  pysignalr: {
    ways: overWebSockets,
    lacks: {
      'skipping negotiation': 'its transport can, its client has no option for it',
      cancelling: 'it has no way to end a stream early',
      'results of uploads': 'it asks for none',
      reconnecting: 'it comes back with the connection id it had, which the protocol forbids',
      'reconnecting when asked': 'it passes over allowReconnect',
    },
  },
  signalrcore: {
    ways: [
      { transport: 'WebSockets', protocol: 'json' },
      {
        transport: 'WebSockets',
        protocol: 'messagepack',
        lacks: {
          uploads: 'it leaves a field out of the array',
          'leaving during a stream': 'its stop may wait long for its reader',
          stopping: 'its stop may wait long for its reader',
        },
      },
      {
        transport: 'ServerSentEvents',
        protocol: 'json',
        lacks: { pinging: 'it means to, but never does' },
      },
      {
        transport: 'LongPolling',
        protocol: 'json',
        lacks: {
          batches: 'it hands on the first message of a poll only',
          reconnecting: 'it polls on as if nothing had happened',
        },
      },
    ],
    lacks: {
      'quick streams': 'it has asked before one can listen',
      'stopping politely': 'it drops the socket',
      'reconnecting when asked': 'it passes over allowReconnect',
      cancelling: 'it has no way to end a stream early',
      'results of uploads': 'it asks for none',
      'client results': 'it does not send what a handler returns',
      'words on close': 'it passes over the error of a Close, and over allowReconnect',
    },
    timeoutMs: 2_000,
  },
  aiosignalr: {
    ways: [
      ...overWebSockets,
      { transport: 'WebSockets', protocol: 'json', statefulReconnect: true },
      { transport: 'WebSockets', protocol: 'messagepack', statefulReconnect: true },
      { transport: 'ServerSentEvents', protocol: 'json' },
      { transport: 'LongPolling', protocol: 'json', lacks: polling },
      { transport: 'LongPolling', protocol: 'messagepack', lacks: polling },
    ],
    lacks: {
      'large results': 'it takes 32 KB',
      'a token in the URL': 'it puts /negotiate behind the query',
      'words on close': 'it passes over the error of a Close, and over allowReconnect',
      'stateful reconnect': 'a call fails while its socket is broken, instead of waiting',
    },
    timeoutMs: 2_000,
  },
};

for (const [name, profile] of Object.entries(clients)) {
  testConformance({ ...profile, name: `the Python client ${name}` }, async () => {
    const file = join(import.meta.dirname, `${name}_driver.py`);
    return startProgram(await program('python'), [file], {
      PYTHONPATH: await program('signalrPython'),
      PYTHONDONTWRITEBYTECODE: '1',
    });
  });
}
