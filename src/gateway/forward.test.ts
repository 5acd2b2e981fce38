import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { codeOf, nowhere, role, testGateway } from './testing.ts';

test('a request and its answer pass with status, headers and body as they are', async () => {
  const seen: {
    method?: string;
    url?: string;
    headers?: IncomingMessage['headers'];
    body?: string;
  } = {};
  await using ledger = await role((request, response) => {
    seen.method = request.method!;
    seen.url = request.url!;
    seen.headers = request.headers;
    request.on('data', (chunk) => (seen.body = `${seen.body ?? ''}${String(chunk)}`));
    response.writeHead(409, {
      'content-type': 'application/problem+json',
      etag: '"r1-7"',
      vary: 'Authorization',
      'set-cookie': ['a=1', 'b=2'],
      connection: 'x-hop',
      'x-hop': '1',
    });
    request.on('end', () => response.end('{"code":"account_conflict"}'));
  });
  await using gateway = await testGateway({ ledger: ledger.url });
  const answer = await gateway.fetch('/ledger/accounts/a%2Fb?x=%20y&x=2', {
    method: 'PUT',
    headers: { 'if-none-match': '"1"', 'content-type': 'application/json', te: 'trailers' },
    body: '{"n":9007199254740993}',
  });
  assert.equal(answer.status, 409);
  assert.equal(await answer.text(), '{"code":"account_conflict"}');
  assert.equal(answer.headers.get('etag'), '"r1-7"');
  assert.deepEqual(answer.headers.getSetCookie(), ['a=1', 'b=2']);
  assert.equal(answer.headers.get('x-hop'), null);
  assert.equal(seen.method, 'PUT');
  assert.equal(seen.url, '/ledger/accounts/a%2Fb?x=%20y&x=2');
  assert.equal(seen.body, '{"n":9007199254740993}');
  assert.equal(seen.headers!['if-none-match'], '"1"');
  assert.equal(seen.headers!.authorization, gateway.authorization);
  assert.equal(seen.headers!.te, undefined);
  assert.equal(seen.headers!['x-forwarded-for'], '127.0.0.1');
  assert.equal(seen.headers!['x-forwarded-proto'], 'http');
  assert.equal(seen.headers!.host, `127.0.0.1:${gateway.port}`);
  assert.equal(seen.headers!['x-request-id'], answer.headers.get('x-request-id'));
});

test('answers without a body (204, 304, HEAD) pass as such', async () => {
  await using ledger = await role((request, response) => {
    if (request.method === 'HEAD') response.writeHead(200, { 'content-length': 17 }).end();
    else response.writeHead(Number(request.url!.slice(-3)), { etag: '"1"' }).end();
  });
  await using gateway = await testGateway({ ledger: ledger.url });
  for (const status of [204, 304]) {
    const answer = await gateway.fetch(`/ledger/${status}`);
    assert.equal(answer.status, status);
    assert.equal(await answer.text(), '');
  }
  const head = await gateway.fetch('/ledger/x', { method: 'HEAD' });
  assert.equal(head.headers.get('content-length'), '17');
});

test('both bodies stream: nothing waits for their end', async () => {
  await using payments = await role((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    request.on('data', (chunk) => response.write(`seen ${String(chunk)}`));
    request.on('end', () => response.end('end'));
  });
  await using gateway = await testGateway({ payments: payments.url });
  const asking = httpRequest(`${gateway.url}/payments/x`, {
    method: 'POST',
    headers: { authorization: gateway.authorization },
  });
  asking.write('one');
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  for (const part of ['one', 'two']) {
    if (part !== 'one') asking.write(part);
    const [chunk] = (await once(answer, 'data')) as [Buffer];
    assert.equal(String(chunk), `seen ${part}`);
  }
  asking.end();
  const [last] = (await once(answer, 'data')) as [Buffer];
  assert.equal(String(last), 'end');
});

test('a role that is down is 503 unavailable at once, for reads and writes', async () => {
  await using gateway = await testGateway({ payments: nowhere, ledger: nowhere });
  const started = performance.now();
  assert.equal(await codeOf(await gateway.fetch('/ledger/accounts')), '503 unavailable');
  const post = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
  assert.equal(await codeOf(await gateway.fetch('/payments/transfers', post)), '503 unavailable');
  assert.equal(await codeOf(await gateway.fetch('/ws/negotiate', post)), '503 unavailable');
  assert.ok(performance.now() - started < 1_000);
});

test('a write is never sent twice, a read on a connection that was just closed is', async () => {
  const asked: string[] = [];
  await using ledger = await role((request, response) => {
    asked.push(`${request.method}`);
    // The first request of each connection is answered; the next meets a closed one.
    const socket = request.socket as typeof request.socket & { used?: boolean };
    if (socket.used === true) socket.destroy();
    else response.end('ok');
    socket.used = true;
  });
  await using gateway = await testGateway({ ledger: ledger.url });
  assert.equal((await gateway.fetch('/ledger/a')).status, 200);
  assert.equal(await (await gateway.fetch('/ledger/a')).text(), 'ok');
  assert.deepEqual(asked, ['GET', 'GET', 'GET']);
  asked.length = 0;
  const post = await gateway.fetch('/ledger/a', { method: 'POST', body: '{}' });
  assert.equal(await codeOf(post), '503 unavailable');
  assert.deepEqual(asked, ['POST']);
});

test('an answer that breaks off is broken off for the caller too', async () => {
  await using ledger = await role((_request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half', () => response.destroy());
  });
  await using gateway = await testGateway({ ledger: ledger.url });
  const answer = await gateway.fetch('/ledger/x');
  assert.equal(answer.status, 200);
  await assert.rejects(answer.text());
});

test('when the caller goes away, the role sees it', async () => {
  const gone = Promise.withResolvers<void>();
  const came = Promise.withResolvers<void>();
  await using ledger = await role((_request, response) => {
    response.once('close', gone.resolve);
    came.resolve();
  });
  await using gateway = await testGateway({ ledger: ledger.url });
  const controller = new AbortController();
  const asking = gateway.fetch('/ledger/x', { signal: controller.signal });
  await came.promise;
  controller.abort();
  await assert.rejects(asking);
  await gone.promise;
});

test('a caller who reads slowly slows the role down, and gets every byte', async () => {
  const size = 64 * 1024 * 1024;
  let sent = 0;
  await using ledger = await role(({ url }, response) => {
    // It may be asked meanwhile whether it lives.
    if (url !== '/ledger/x') return void response.end();
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const more = () => {
      let goesOn = true;
      while (goesOn && sent < size) {
        sent += chunk.length;
        goesOn = response.write(chunk);
      }
      if (sent < size) response.once('drain', more);
      else response.end();
    };
    more();
  });
  await using gateway = await testGateway({ ledger: ledger.url });
  const socket = connect(gateway.port, '127.0.0.1');
  socket.write(
    `GET /ledger/x HTTP/1.1\r\nhost: a\r\nauthorization: ${gateway.authorization}\r\nconnection: close\r\n\r\n`,
  );
  await once(socket, 'readable');
  // The buffers between fill up, and then nothing more is sent.
  for (let before = -1; before !== sent;) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(sent < size, `${sent}`);
  let received = 0;
  for await (const chunk of socket) received += (chunk as Buffer).length;
  assert.ok(received > size);
});

test('a body beyond 2 MB is 413, by its length or where it passes it, and the role gets no more', async () => {
  let received = 0;
  await using payments = await role((request, response) => {
    request.on('data', (chunk: Buffer) => (received += chunk.length));
    request.on('end', () => response.end());
  });
  await using gateway = await testGateway({ payments: payments.url, realtime: payments.url });
  const announced = { method: 'POST', body: Buffer.alloc(2 * 1024 * 1024 + 1) };
  assert.equal(
    await codeOf(await gateway.fetch('/payments/x', announced)),
    '413 payload_too_large',
  );
  assert.equal(received, 0);
  for (const path of ['/payments/x', '/ws/x']) {
    received = 0;
    const asking = httpRequest(gateway.url + path, {
      method: 'POST',
      headers: { authorization: gateway.authorization, 'transfer-encoding': 'chunked' },
    });
    for (let i = 0; i < 5; i += 1) asking.write(Buffer.alloc(512 * 1024));
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    assert.equal(answer.statusCode, 413);
    asking.destroy();
    assert.ok(received <= 2 * 1024 * 1024);
  }
  const exact = { method: 'POST', body: Buffer.alloc(2 * 1024 * 1024) };
  assert.equal((await gateway.fetch('/payments/x', exact)).status, 200);
});

test('a role that answers before it has the body is heard, and the connection stays usable', async () => {
  await using payments = await role((_request, response) => {
    response.writeHead(503, { 'retry-after': '3', 'content-type': 'application/problem+json' });
    response.end('{"code":"overloaded"}');
  });
  await using gateway = await testGateway({ payments: payments.url });
  for (let i = 0; i < 3; i += 1) {
    const answer = await gateway.fetch('/payments/x', { method: 'POST', body: Buffer.alloc(1e6) });
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get('retry-after'), '3');
    assert.equal(await answer.text(), '{"code":"overloaded"}');
  }
});

test('without a token nothing is passed on; headers beyond 16 KB are 431', async () => {
  let asked = 0;
  await using ledger = await role((_request, response) => {
    asked += 1;
    response.end();
  });
  await using gateway = await testGateway({ ledger: ledger.url, payments: ledger.url });
  for (const authorization of ['', 'Bearer wrong']) {
    for (const path of ['/ledger/x', '/payments/x']) {
      const answer = await gateway.fetch(path, { headers: { authorization } });
      assert.equal(await codeOf(answer), '401 unauthenticated');
    }
  }
  const large = { headers: { 'x-large': 'x'.repeat(17_000) } };
  assert.equal((await gateway.fetch('/ledger/x', large)).status, 431);
  assert.equal(asked, 0);
});

test('CORS is answered once, by the gateway, also where a role refuses or is down', async () => {
  const origins: unknown[] = [];
  await using ledger = await role((request, response) => {
    origins.push(request.headers.origin);
    response.setHeader('vary', 'Authorization');
    response.end('{}');
  });
  await using gateway = await testGateway({ ledger: ledger.url });
  const headers = { origin: 'http://localhost:3000' };
  for (const path of ['/ledger/x', '/payments/x']) {
    const answer = await gateway.fetch(path, { headers });
    assert.equal(answer.headers.get('access-control-allow-origin'), headers.origin);
  }
  const answer = await gateway.fetch('/ledger/x', { headers });
  assert.equal(answer.headers.get('vary'), 'origin, authorization');
  assert.deepEqual(origins, [undefined, undefined]);
  const preflight = await fetch(`${gateway.url}/payments/transfers`, {
    method: 'OPTIONS',
    headers: { ...headers, 'access-control-request-method': 'POST' },
  });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get('access-control-allow-origin'), headers.origin);
  const foreign = await gateway.fetch('/ledger/x', { headers: { origin: 'https://evil.example' } });
  assert.equal(foreign.headers.get('access-control-allow-origin'), null);
});

test('/ws passes whole: no token, no CORS and no headers of ours', async () => {
  await using realtime = await role((request, response) => {
    response.writeHead(request.headers.authorization === undefined ? 401 : 200, {
      'access-control-allow-origin': 'from the role',
      'x-origin': request.headers.origin ?? 'none',
    });
    response.end(request.method);
  });
  await using gateway = await testGateway({ realtime: realtime.url });
  const origin = 'http://localhost:3000';
  for (const [method, path] of [
    ['OPTIONS', '/ws/negotiate'],
    ['POST', '/ws/negotiate?negotiateVersion=1'],
    ['GET', '/ws?id=1'],
    ['DELETE', '/ws'],
  ] as const) {
    const answer = await fetch(gateway.url + path, {
      method,
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    assert.equal(answer.status, 401);
    assert.equal(await answer.text(), method);
    assert.equal(answer.headers.get('access-control-allow-origin'), 'from the role');
    assert.equal(answer.headers.get('x-origin'), origin);
    assert.equal(answer.headers.get('content-security-policy'), null);
  }
});

test('an event stream on /ws begins before its first event and ends with the gateway', async () => {
  await using realtime = await role((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
  });
  const gateway = await testGateway({ realtime: realtime.url });
  const answer = await gateway.fetch('/ws', { headers: { accept: 'text/event-stream' } });
  assert.equal(answer.headers.get('content-type'), 'text/event-stream');
  const started = performance.now();
  await gateway[Symbol.asyncDispose]();
  assert.ok(performance.now() - started < 2_000, 'it does not wait for the drain');
  await assert.rejects(answer.text());
});

test('ready means that all roles answer', async () => {
  await using one = await role((_request, response) => response.end());
  await using gateway = await testGateway({ payments: one.url, ledger: one.url });
  const answer = await fetch(`${gateway.url}/health/ready`);
  assert.equal(answer.status, 503);
  const { checks } = (await answer.json()) as { checks: object };
  assert.deepEqual(checks, { payments: 'up', ledger: 'up', realtime: 'down' });
  assert.equal((await fetch(`${gateway.url}/health/live`)).status, 200);
  await using whole = await testGateway({
    payments: one.url,
    ledger: one.url,
    realtime: one.url,
  });
  assert.equal((await fetch(`${whole.url}/health`)).status, 200);
});
