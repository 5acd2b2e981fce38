// Clients put tokens everywhere. None may come out: not in words to other clients, nor in what a host
// would log.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { z } from 'zod';
import { createHub } from '@atlas/signalr';
import { RawClient } from '../raw-client.ts';
import { allEnded, serve } from '../serve.ts';
import { json } from './ground.ts';

const secret = 'hunter2';

test('a token does not come out where it went in', async (t) => {
  const heard: unknown[] = [];
  for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    t.mock.method(console, name, (...args: unknown[]) => heard.push(args));
  }
  const hub = createHub<null>({
    authenticate: () => ({ identity: null }),
    onError: (error) => heard.push(error),
    onInvocation: ({ method, outcome, error }) => heard.push([method, outcome, error]),
    onDisconnected: (_, reason) => void heard.push(reason),
  });
  hub.method('Number', [z.number()], (_caller, value) => value);
  const served = await serve(hub);
  const answers: string[] = [];

  const negotiate = `${served.url}/negotiate?negotiateVersion=${secret}&access_token=${secret}`;
  answers.push(await (await fetch(negotiate, { method: 'POST' })).text());
  const url = `${served.url}?access_token=${secret}`;
  const headers = { authorization: `Bearer ${secret}` };
  for (const frame of [
    json({ type: 1, invocationId: '1', target: 'Number', arguments: [secret], headers }),
    json({ type: 1, invocationId: secret, target: 7, arguments: [], headers }),
    json({ type: 3, invocationId: '1', error: secret, result: secret }),
    json({ type: 7, error: secret }),
    `${secret}\x1e`,
    secret,
  ]) {
    const client = await RawClient.connect(url, headers);
    client.socket.send(`{"protocol":"json","version":1}\x1e${frame}`);
    await client.next();
    if (!frame.includes('"type":7')) answers.push(await client.nextText());
    client.socket.close();
    await client.closed();
  }
  const refused = await RawClient.connect(url, headers);
  refused.socket.send(`{"protocol":"${secret}","version":1}\x1e`);
  answers.push(await refused.nextText());
  await refused.closed();
  await allEnded(hub);
  await served[Symbol.asyncDispose]();

  assert.ok(heard.length >= 6);
  for (const each of [...heard, ...answers]) {
    assert.doesNotMatch(inspect(each, { depth: 10 }), new RegExp(secret));
  }
});
