import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestHub } from '../../test/requests.ts';
import { serve } from '../../test/serve.ts';

const allowOrigin = (origin: string) => origin === 'https://app.example';

test('allowed origins get CORS headers on every answer, others none', async () => {
  await using served = await serve(createTestHub({ allowOrigin }));
  const ask = async (method: string, path: string, origin: string) =>
    (await fetch(served.url + path, { method, headers: { origin } })).headers;

  for (const [method, path] of [
    ['POST', '/negotiate'],
    ['POST', '/negotiate?access_token=wrong'],
    ['OPTIONS', '/negotiate'],
    ['GET', '?id=unknown'],
  ] as const) {
    const allowed = await ask(method, path, 'https://app.example');
    assert.equal(allowed.get('access-control-allow-origin'), 'https://app.example');
    assert.equal(allowed.get('access-control-allow-credentials'), 'true');
    assert.equal(allowed.get('vary'), 'Origin');
    const other = await ask(method, path, 'https://app.example.evil');
    assert.equal(other.get('access-control-allow-origin'), null);
    assert.equal(other.get('access-control-allow-credentials'), null);
  }
  const preflight = await ask('OPTIONS', '/negotiate', 'https://app.example');
  assert.equal(
    preflight.get('access-control-allow-headers'),
    'authorization, content-type, x-requested-with, x-signalr-user-agent',
  );
  const asked = await fetch(`${served.url}/negotiate`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://app.example',
      'access-control-request-headers': 'authorization,x-tenant-id',
    },
  });
  assert.equal(asked.headers.get('access-control-allow-headers'), 'authorization,x-tenant-id');
});
