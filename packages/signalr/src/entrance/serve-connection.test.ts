import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { type Arrival, createHub, type Hub } from '@atlas/signalr';
import {
  EventStream,
  jsonHandshake,
  negotiated,
  send,
  startPolling,
} from '../../test/http-client.ts';
import { RawClient } from '../../test/raw-client.ts';
import { createTestHub, negotiate, upgradeStatus } from '../../test/requests.ts';
import { allEnded, listen, serve } from '../../test/serve.ts';

const quick = { sweepMs: 5, closeMs: 50 };
const post = { method: 'POST', body: jsonHandshake };
const stateful = '?negotiateVersion=1&useStatefulReconnect=true';

test('each way of asking that cannot be served has its status', async () => {
  await using served = await serve(createTestHub({ limits: quick }));
  const { url } = served;
  const events = { headers: { accept: 'text/event-stream' } };
  for (const way of [{}, events, post, { method: 'DELETE' }]) {
    assert.equal((await send(url, way)).status, 400);
    assert.equal((await send(`${url}?id=`, way)).status, 400);
    assert.equal((await send(`${url}?id=nobody`, way)).status, 404);
  }
  const webSocket = await negotiated(url);
  const client = await RawClient.connect(webSocket);
  assert.equal((await send(webSocket, post)).status, 405);
  assert.equal((await send(webSocket, { method: 'DELETE' })).status, 400);
  assert.equal((await send(webSocket)).status, 400);
  assert.equal((await send(webSocket, events)).status, 400);
  assert.equal(await upgradeStatus(webSocket), 409);
  client.socket.close();
  const polling = await startPolling(url);
  assert.equal((await send(polling, events)).status, 400);
  assert.equal(await upgradeStatus(polling), 400);
  const unused = await negotiated(url);
  assert.equal((await send(unused, { method: 'DELETE' })).status, 400);
  for (const method of ['PUT', 'PATCH', 'HEAD', 'PROPFIND']) {
    const refused = await send(polling, { method });
    assert.deepEqual([refused.status, refused.headers.allow], [405, 'GET, POST, DELETE']);
  }
  assert.equal((await send(polling, { method: 'DELETE' })).status, 202);
});

test('every request is authenticated, and told whether it would open a connection', async () => {
  const asked: [string | undefined, boolean][] = [];
  const hub = createHub<string>({
    limits: quick,
    authenticate({ token, opens }) {
      asked.push([token, opens]);
      return token === undefined ? { status: 401 } : { identity: token };
    },
    mayActFor: (caller, { identity }) => caller === identity,
  });
  await using served = await serve(hub);
  const as = (name: string) => ({ headers: { authorization: `Bearer ${name}` } });
  const { connectionToken } = (await (
    await fetch(`${served.url}/negotiate?negotiateVersion=1`, { method: 'POST', ...as('ada') })
  ).json()) as { connectionToken: string };
  const url = `${served.url}?id=${connectionToken}`;
  assert.equal((await send(url)).status, 401);
  assert.equal((await send(url, as('ada'))).status, 200);
  assert.equal((await send(`${url}&access_token=ada`, post)).status, 200);
  assert.deepEqual(asked, [
    ['ada', true],
    [undefined, true],
    ['ada', true],
    ['ada', false],
  ]);
  for (const way of [{}, post, { method: 'DELETE' }]) {
    assert.equal((await send(url, { ...way, ...as('eve') })).status, 403);
    assert.equal((await send(url, way)).status, 401);
  }
  assert.equal((await send(url, as('ada'))).body, '{}\x1e');
  assert.deepEqual([hub.stats.accepted, hub.stats.connections], [1, 1]);
});

for (const way of [{}, post]) {
  test(`who may act for a connection is asked also of who came before it was open (${'method' in way ? 'POST' : 'GET'})`, async () => {
    const asked = Promise.withResolvers<void>();
    const decided = Promise.withResolvers<void>();
    const hub = createTestHub({
      limits: quick,
      async authenticate({ token = 'nobody' }) {
        if (token === 'eve') {
          asked.resolve();
          await decided.promise;
        }
        return { identity: token };
      },
      mayActFor: (caller, { identity }) => caller === identity,
    });
    await using served = await serve(hub);
    const url = await negotiated(served.url);
    const early = send(url, { ...way, headers: { authorization: 'Bearer eve' } });
    await asked.promise;
    assert.equal((await send(`${url}&access_token=ada`)).status, 200);
    decided.resolve();
    assert.equal((await early).status, 403);
  });
}

test('a host that fails to say who may act for a connection lets nobody, and hears of it', async () => {
  const errors: unknown[] = [];
  const hub = createTestHub({
    limits: quick,
    mayActFor() {
      throw new Error('no directory');
    },
    onError: (error) => errors.push(error),
  });
  await using served = await serve(hub);
  const url = await negotiated(served.url);
  assert.equal((await send(url)).status, 200);
  assert.equal((await send(url, post)).status, 403);
  assert.equal(String(errors), 'Error: no directory');
});

test('a browser of an allowed origin may read what a poll, a POST and a stream answer', async () => {
  const origin = 'https://app.example';
  const hub = createTestHub({ limits: quick, allowOrigin: (asked) => asked === origin });
  await using served = await serve(hub);
  const url = await negotiated(served.url);
  for (const way of [{}, post, { method: 'DELETE' }, {}]) {
    const { headers } = await send(url, { ...way, headers: { origin } });
    assert.equal(headers['access-control-allow-origin'], origin);
    assert.equal(headers['access-control-allow-credentials'], 'true');
  }
  const stream = httpRequest(await negotiated(served.url), {
    headers: { accept: 'text/event-stream', origin },
  }).end();
  const [answer] = (await once(stream, 'response')) as [IncomingMessage];
  assert.equal(answer.headers['access-control-allow-origin'], origin);
  assert.equal(answer.headers['content-type'], 'text/event-stream');
  stream.destroy();
});

test('beyond the limit of connections and in a drain nothing is opened, and what is open goes on', async () => {
  const hub = createTestHub({ limits: { ...quick, closeMs: 10_000, connectionsMax: 1 } });
  await using served = await serve(hub);
  const url = await startPolling(served.url);
  const events = { headers: { accept: 'text/event-stream' } };
  for (const way of [{}, post, events]) {
    assert.equal((await send(await negotiated(served.url), way)).status, 503);
  }
  assert.equal(await upgradeStatus(served.url), 503);
  assert.equal((await send(url, { method: 'POST', body: '{"type":6}\x1e' })).status, 200);
  const unused = await negotiated(served.url);
  const waiting = send(url);
  await send(url, { method: 'POST', body: '{"type":6}\x1e' });
  const drained = hub.drain({ withinMs: 0 });
  assert.match((await waiting).body, /"allowReconnect":true/);
  assert.equal((await send(unused)).status, 503);
  assert.equal((await send(url)).status, 204);
  await drained;
});

test('a negotiated id that is never used leaves nothing behind and runs out', async () => {
  const hub = createTestHub({ limits: { ...quick, negotiationMs: 500 } });
  await using served = await serve(hub);
  const url = await negotiated(served.url);
  const early = await negotiated(served.url);
  assert.equal((await send(early)).status, 200);
  assert.equal(hub.stats.connections, 1);
  await new Promise((resolve) => setTimeout(resolve, 510));
  assert.equal((await send(url)).status, 404);
  assert.equal((await send(early, post)).status, 200);
});

test('a client that leaves while it is authenticated opens nothing', async () => {
  const asked = Promise.withResolvers<IncomingMessage>();
  const decided = Promise.withResolvers<{ identity: string }>();
  let calls = 0;
  const hub = createTestHub({
    limits: quick,
    authenticate({ request }) {
      calls += 1;
      if (calls === 1) return { identity: 'negotiates' };
      asked.resolve(request);
      return decided.promise;
    },
  });
  await using served = await serve(hub);
  const asking = httpRequest(await negotiated(served.url), {
    headers: { accept: 'text/event-stream' },
  });
  asking.on('error', () => {});
  asking.end();
  const gone = once((await asked.promise).socket, 'close');
  asking.destroy();
  await gone;
  decided.resolve({ identity: 'gone' });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(hub.stats.accepted, 0);
});

/** Two processes behind one address that sends a request to the wrong one. */
async function serveTwo(onElsewhere?: (nodeId: string, arrival: Arrival) => void) {
  const secret = 's'.repeat(32);
  const hubOf = (nodeId: string, more = {}) =>
    createTestHub({ secret, nodeId, limits: quick, ...more });
  const here = await serve(hubOf('here'));
  const hub = hubOf('there', onElsewhere === undefined ? {} : { onElsewhere });
  return { here, there: await serve(hub), hub };
}

test('what another process has to answer is the host to pass on', async () => {
  const arrived: string[] = [];
  const { here, there } = await serveTwo((nodeId, arrival) => {
    arrived.push(`${nodeId} ${arrival.request.method}`);
    if ('response' in arrival) arrival.response.writeHead(421).end();
    else arrival.socket.end('HTTP/1.1 421 Misdirected Request\r\n\r\n');
  });
  await using _here = here;
  await using _there = there;
  const atThere = (url: string) => url.replace(here.url, there.url);
  const url = atThere(await startPolling(here.url));
  for (const way of [{}, post, { method: 'DELETE' }])
    assert.equal((await send(url, way)).status, 421);
  const { connectionToken } = await negotiate(here.url, stateful);
  assert.equal(await upgradeStatus(`${there.url}?id=${connectionToken}`), 421);
  assert.deepEqual(arrived, ['here GET', 'here POST', 'here DELETE', 'here GET']);
  assert.equal(await upgradeStatus(atThere(await negotiated(here.url))), 101);
});

test('without a host that passes it on, only WebSockets begin at another process', async () => {
  const { here, there, hub } = await serveTwo();
  await using _here = here;
  await using _there = there;
  const atThere = (url: string) => url.replace(here.url, there.url);
  const url = await startPolling(here.url);
  for (const way of [{}, post, { method: 'DELETE' }]) {
    assert.equal((await send(atThere(url), way)).status, 404);
  }
  const { connectionToken } = await negotiate(here.url, stateful);
  for (const socket of [
    atThere(await negotiated(here.url)),
    `${there.url}?id=${connectionToken}`,
  ]) {
    assert.equal(await upgradeStatus(socket), 101);
    await allEnded(hub);
    assert.equal(await upgradeStatus(socket), 404);
  }
});

test('the name of a process has to fit into a token', () => {
  for (const nodeId of ['a.b', 'a b', 'x'.repeat(65)]) {
    assert.throws(() => createTestHub({ nodeId }), RangeError);
  }
});

test('a hub on a server of its own that gives it no upgrades still polls and streams', async () => {
  const hub: Hub<string> = createTestHub({ limits: quick });
  const server = createServer((request, response) => void hub.handleRequest(request, response));
  const url = `${await listen(server)}/ws`;
  const polling = await startPolling(url);
  assert.equal((await send(polling, { method: 'DELETE' })).status, 202);
  const events = await EventStream.open(await negotiated(url));
  assert.equal(await events.next(), ':\r\n');
  events.leave();
  await allEnded(hub);
  server.close();
});
