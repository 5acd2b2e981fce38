import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { HttpTransportType } from '@microsoft/signalr';
import { WebSocket } from 'ws';
import type { NodeView } from './replica.ts';
import { MemoryControl, realtimeFixture, type RealtimeFixture } from './testing.ts';

/** Two replicas that know of each other. */
async function pair() {
  await using stack = new AsyncDisposableStack();
  const control = new MemoryControl();
  const one = stack.use(await realtimeFixture({ control }));
  const two = stack.use(
    await realtimeFixture({
      control,
      environment: { ATLAS_DATA: one.context.settings.ATLAS_DATA },
    }),
  );
  while ((await control.nodes('realtime')).length < 2) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  const resources = stack.move();
  return { one, two, control, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

async function ask(
  fixture: RealtimeFixture,
  path: string,
  claims: Parameters<RealtimeFixture['token']>[0] = {},
  method = 'GET',
) {
  const token = await fixture.token({ subject: 'op', scope: 'ops', ...claims });
  const answer = await fetch(fixture.role.url + path, {
    method,
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await answer.text();
  // Bodies are whatever the server says; tests assert on them.
  // oxlint-disable-next-line typescript/no-explicit-any
  const body: any = text === '' ? undefined : JSON.parse(text);
  return { status: answer.status, body };
}

test('an operator sees every replica, and who is connected where and to what', async () => {
  await using replicas = await pair();
  const { one, two } = replicas;
  for (const { book } of [one, two]) {
    for (const account of ['a', 'b']) book.change('tnt_demo', account);
  }
  const here = await one.connect(await one.token());
  const there = await two.connect(await one.token({ subject: 'bob' }));
  await here.client.invoke('SubscribeMultipleBalances', ['a', 'b']);
  await there.client.invoke('SubscribeBalance', 'b');
  for (const fixture of [one, two]) {
    const { body } = await ask(fixture, '/ws/nodes');
    assert.deepEqual(body.unanswered, []);
    assert.deepEqual(
      body.items.map(({ node, connections, subscriptions, slow, draining }: NodeView) => [
        node,
        connections,
        subscriptions,
        slow,
        draining,
      ]),
      [
        [one.context.control.node, 1, 2, 0, false],
        [two.context.control.node, 1, 1, 0, false],
      ],
    );
    const [{ version, startedAt, feedConnected }] = body.items;
    assert.match(version, /^\d+\.\d+\.\d+$/);
    assert.ok(Date.parse(startedAt) <= Date.now());
    assert.equal(feedConnected, true);

    const all = (await ask(fixture, '/ws/connections')).body;
    assert.equal(all.total, 2);
    const [bob, ada] = all.items;
    assert.deepEqual(
      [bob.connectionId, bob.node, bob.subject, bob.subscriptions],
      [there.client.connectionId, two.context.control.node, 'bob', ['b']],
    );
    assert.deepEqual([ada.subject, ada.subscriptions, ada.unsent], ['ada', ['a', 'b'], 0]);
    assert.match(ada.userAgent, /SignalR/);

    for (const [query, total] of [
      ['?subject=bob', 1],
      ['?subject=nobody', 0],
      ['?accountId=a', 1],
      ['?accountId=b', 2],
      ['?slow=true', 0],
      ['?slow=false&accountId=b&subject=ada', 1],
    ] as const) {
      assert.equal((await ask(fixture, `/ws/connections${query}`)).body.total, total, query);
    }
    const { node } = two.context.control;
    const ofTwo = (await ask(fixture, `/ws/connections?node=${node}`)).body;
    assert.deepEqual([ofTwo.total, ofTwo.items[0].subject], [1, 'bob']);
  }
});

test('the list is read page by page, over all replicas, each connection once', async () => {
  await using replicas = await pair();
  const { one, two } = replicas;
  const opened: string[] = [];
  for (const fixture of [one, two, one, one, two]) {
    opened.push((await fixture.connect(await one.token())).client.connectionId!);
  }
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { body } = await ask(two, `/ws/connections?limit=2${after}`);
    assert.equal(body.total, 5);
    seen.push(...body.items.map(({ connectionId }: { connectionId: string }) => connectionId));
    cursor = body.nextCursor;
  }
  assert.equal(seen.length, 5);
  assert.deepEqual(seen.toSorted(), opened.toSorted());
  assert.equal(seen[0], opened.at(-1));
  const alien = await ask(one, `/ws/connections?cursor=${Buffer.from('x').toString('base64url')}`);
  assert.deepEqual([alien.status, alien.body.code], [400, 'invalid_request']);
});

test('a connection says by what it is reached', async () => {
  await using fixture = await realtimeFixture();
  const { LongPolling, ServerSentEvents, WebSockets } = HttpTransportType;
  for (const transport of [LongPolling, ServerSentEvents, WebSockets]) {
    await fixture.connect(await fixture.token(), 'json', transport);
    const { items } = (await ask(fixture, '/ws/connections?limit=1')).body;
    assert.equal(items[0].transport, HttpTransportType[transport]);
  }
});

test('a connection is ended wherever it is, told why, and both are recorded', async () => {
  await using replicas = await pair();
  const { one, two, control } = replicas;
  const there = await two.connect(await one.token());
  const id = there.client.connectionId!;
  const seen = await ask(one, `/ws/connections/${id}`);
  assert.deepEqual([seen.status, seen.body.connectionId, seen.body.subject], [200, id, 'ada']);
  assert.equal((await ask(one, `/ws/connections/${id}`, {}, 'DELETE')).status, 204);
  assert.match((await there.closed)!.message, /closed_by_operator: /);
  const again = await ask(one, `/ws/connections/${id}`, {}, 'DELETE');
  assert.deepEqual([again.status, again.body.code], [404, 'not_found']);
  assert.equal((await ask(one, `/ws/connections/${id}`)).status, 404);
  await control.until((records) => records.some(({ action }) => action === 'hub.close'));
  await control.until((records) => records.some(({ code }) => code === 'not_found'));
  const recorded = control.records.map(({ action, subject, code }) => [action, subject, code]);
  assert.ok(recorded.some((record) => record.join() === 'operator.disconnect,op,'));
  assert.ok(recorded.some((record) => record.join() === 'hub.close,ada,closed_by_operator'));
});

test('a slow connection stands out', async () => {
  await using fixture = await realtimeFixture();
  const accounts = Array.from({ length: 128 }, (_, index) => `acc_${index}`);
  for (const account of accounts) fixture.book.change('tnt_demo', account);
  const socket = new WebSocket(`${fixture.hubUrl}?access_token=${await fixture.token()}`);
  await once(socket, 'open');
  socket.send('{"protocol":"json","version":1}\x1e');
  await once(socket, 'message');
  const call = { type: 1, invocationId: '1', target: 'SubscribeMultipleBalances' };
  socket.send(`${JSON.stringify({ ...call, arguments: [accounts] })}\x1e`);
  await once(socket, 'message');
  socket.pause();
  const slow = async () => (await ask(fixture, '/ws/connections?slow=true')).body.items;
  while ((await slow()).length === 0) {
    for (let i = 0; i < 128; i += 2) await fixture.transfer(accounts[i]!, accounts[i + 1]!);
  }
  // The second overtakes the first.
  for (let i = 0; i < 2; i += 1) await fixture.transfer(accounts[0]!, accounts[1]!);
  const [view] = await slow();
  assert.equal(view.slow, true);
  assert.ok(view.waitingBytes > 64 * 1024, String(view.waitingBytes));
  assert.ok(view.unsent > 0);
  assert.ok(view.conflated > 0);
  assert.equal((await ask(fixture, '/ws/nodes')).body.items[0].slow, 1);
  socket.terminate();
});

test('a replica that does not answer is named, and what the others know is shown', async () => {
  await using fixture = await realtimeFixture();
  await fixture.connect(await fixture.token());
  const silent = createServer(() => {});
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const node = { role: 'realtime', version: '1', startedAt: new Date().toISOString() };
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  await fixture.control.news(0, [{ ...node, id: 'silent', url }]);
  await fixture.control.news(0, [{ ...node, id: 'gone', url: 'http://127.0.0.1:1' }]);
  const startedAt = performance.now();
  const { body } = await ask(fixture, '/ws/connections');
  assert.ok(performance.now() - startedAt < 4_000);
  assert.deepEqual(body.unanswered.toSorted(), ['gone', 'silent']);
  assert.equal(body.total, 1);
  const missing = await ask(fixture, '/ws/connections/unknown', {}, 'DELETE');
  assert.deepEqual([missing.status, missing.body.code], [503, 'unavailable']);
  fixture.control.nodes = () => Promise.reject(new Error('The core is away'));
  assert.equal((await ask(fixture, '/ws/nodes')).body.unanswered.length, 2);
  silent.closeAllConnections();
  silent.close();
});

test('an operator sees and ends nothing of another tenant, here or on another replica', async () => {
  await using replicas = await pair();
  const { one, two, control } = replicas;
  for (const { book } of [one, two]) book.change('tnt_demo', 'a');
  const clients = [await one.connect(await one.token()), await two.connect(await one.token())];
  for (const { client } of clients) await client.invoke('SubscribeBalance', 'a');
  const stranger = { tenant: 'tnt_other' };
  const { items } = (await ask(one, '/ws/nodes', stranger)).body;
  assert.deepEqual(
    items.map(({ connections, subscriptions }: NodeView) => [connections, subscriptions]),
    [
      [0, 0],
      [0, 0],
    ],
  );
  for (const query of ['', '?subject=ada', '?accountId=a']) {
    const { body } = await ask(one, `/ws/connections${query}`, stranger);
    assert.deepEqual([body.total, body.items], [0, []]);
  }
  for (const { client } of clients) {
    const path = `/ws/connections/${client.connectionId}`;
    assert.equal((await ask(one, path, stranger, 'DELETE')).status, 404);
    assert.equal(client.state, 'Connected');
  }
  await control.until((records) => records.some(({ code }) => code === 'not_found'));
  for (const { action, tenant } of control.records) {
    assert.equal(tenant, action.startsWith('operator.') ? 'tnt_other' : 'tnt_demo');
  }
  for (const fixture of [one, two]) assert.doesNotMatch(await fixture.metrics(), /tnt_|ada/);
});

test('only operators, and for the internal routes only roles, are answered', async () => {
  await using fixture = await realtimeFixture();
  for (const [path, method] of [
    ['/ws/nodes', 'GET'],
    ['/ws/connections', 'GET'],
    ['/ws/connections/x', 'DELETE'],
  ] as const) {
    const { status } = await ask(fixture, path, { scope: 'balances transfers accounts' }, method);
    assert.equal(status, 403, path);
  }
  for (const query of ['?slow=maybe', '?limit=0', '?accountId=*', '?more=1']) {
    assert.equal((await ask(fixture, `/ws/connections${query}`)).status, 400, query);
  }
  for (const name of ['look', 'connections', 'disconnect']) {
    assert.equal((await ask(fixture, `/internal/realtime/${name}`, {}, 'POST')).status, 401);
  }
});
