/** Whatever clients do, in any order: no failure, no status that blames the server, nothing left behind. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { createEchoHub, echo } from '../../test/echo-hub.ts';
import { negotiate } from '../../test/requests.ts';
import { allEnded, serve } from '../../test/serve.ts';

const handshakes = ['{"protocol":"json","version":1}\x1e', '{"protocol":"json","version":2}\x1e'];
const messages = [
  ...handshakes,
  `${JSON.stringify(echo('1'))}\x1e`,
  '{"type":6}\x1e',
  '{"type":7}\x1e',
  '{"type":8,"sequenceId":3}\x1e',
  '{"type":9,"sequenceId":1}\x1e',
  '{"type":9,"sequenceId":9}\x1e',
  'nonsense',
  '',
];

const connection = fc.nat(2);
const message = fc.constantFrom(...messages);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ act: fc.constant('poll'), connection }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('post'), connection, message }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('half a post'), connection, message }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('stream'), connection }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('socket'), connection, message }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('delete'), connection }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('break off'), connection }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('push'), connection }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('close'), connection }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('wait'), connection }) },
);

test('clients may do anything in any order', async () => {
  const errors: unknown[] = [];
  const limits = {
    sweepMs: 3,
    closeMs: 20,
    pollGapMs: 60,
    pollMs: 40,
    handshakeMs: 60,
    postMs: 60,
  };
  const hub = createEchoHub({
    limits: { ...limits, reattachMs: 40, clientTimeoutMs: 200, replayBytesMax: 2_000 },
    onError: (error) => void errors.push(error),
  });
  await using served = await serve(hub);
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

  const run = fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
    const open = new Set<() => void>();
    const statuses: number[] = [];
    const urls = await Promise.all(
      [0, 1, 2].map(async (n) => {
        const query = `?negotiateVersion=1&useStatefulReconnect=${n === 0}`;
        return `${served.url}?id=${(await negotiate(served.url, query)).connectionToken}`;
      }),
    );
    const ask = (url: string, method: string, body?: string, accept = '*/*', ends = true) => {
      const asking = request(url, { method, agent, headers: { accept } });
      const leave = () => asking.destroy();
      open.add(leave);
      asking.on('error', () => {});
      asking.on('close', () => open.delete(leave));
      asking.on('response', (answer: IncomingMessage) => {
        statuses.push(answer.statusCode!);
        answer.on('error', () => {}).resume();
      });
      if (body !== undefined) asking.write(body);
      if (ends) asking.end();
    };
    for (const { act, connection, ...rest } of steps) {
      const url = urls[connection]!;
      const text = 'message' in rest ? rest.message : '';
      if (act === 'poll') ask(url, 'GET');
      if (act === 'post') ask(url, 'POST', text);
      if (act === 'half a post') ask(url, 'POST', text, '*/*', false);
      if (act === 'stream') ask(url, 'GET', undefined, 'text/event-stream');
      if (act === 'delete') ask(url, 'DELETE');
      if (act === 'break off') for (const leave of open) leave();
      if (act === 'push') for (const each of hub.connections()) each.send('news', [text]);
      if (act === 'close') for (const each of hub.connections()) each.close();
      if (act === 'wait') await new Promise((resolve) => setTimeout(resolve, 3));
      if (act === 'socket') {
        const socket = new WebSocket(url.replace('http', 'ws'));
        open.add(() => socket.terminate());
        socket.on('error', () => {}).on('open', () => socket.send(handshakes[1]! + text));
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 3));
    for (const leave of open) leave();
    await allEnded(hub);
    assert.deepEqual(
      statuses.filter((status) => status >= 500),
      [],
    );
    assert.equal(hub.stats.detached, 0);
  });
  await fc.assert(run, { numRuns: 40, endOnFailure: true });
  agent.destroy();
  assert.deepEqual(errors, []);
  const asking = request(`${served.url}/negotiate`, { method: 'POST' }).end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  assert.equal(answer.statusCode, 200);
  answer.resume();
});
