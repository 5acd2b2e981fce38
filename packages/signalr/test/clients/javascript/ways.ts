/** What the official client speaks, in Node as in a browser. */
import type { Way } from '../conformance.ts';

export const ways: Way[] = [
  { transport: 'WebSockets', protocol: 'json' },
  { transport: 'WebSockets', protocol: 'messagepack' },
  { transport: 'WebSockets', protocol: 'json', statefulReconnect: true },
  { transport: 'WebSockets', protocol: 'messagepack', statefulReconnect: true },
  {
    transport: 'ServerSentEvents',
    protocol: 'json',
    lacks: { 'stopping politely': 'its last POST races with the end of its stream' },
  },
  { transport: 'LongPolling', protocol: 'json' },
  { transport: 'LongPolling', protocol: 'messagepack' },
];
