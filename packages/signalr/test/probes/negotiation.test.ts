// What a negotiation may ask, and what it is told.
import assert from 'node:assert/strict';
import { layGround } from './ground.ts';

const { probe, end } = layGround();

const transports = [
  { transport: 'WebSockets', transferFormats: ['Text', 'Binary'] },
  { transport: 'ServerSentEvents', transferFormats: ['Text'] },
  { transport: 'LongPolling', transferFormats: ['Text', 'Binary'] },
];

/** The query, and the version that is told; none when there is an error instead. */
const versions: [query: string, version: number | undefined][] = [
  ['', 0],
  ['?negotiateVersion=0', 0],
  ['?negotiateVersion=1', 1],
  ['?negotiateVersion=2', 1],
  ['?negotiateVersion=999999999', 1],
  ['?negotiateVersion=00001', 1],
  ['?NegotiateVersion=1', 0],
  ['?negotiateVersion=1&unknown=x&=&&', 1],
  ['?negotiateVersion=', undefined],
  ['?negotiateVersion=abc', undefined],
  ['?negotiateVersion=-1', undefined],
  ['?negotiateVersion=1.5', undefined],
  ['?negotiateVersion=1e0', undefined],
  ['?negotiateVersion=99999999999999999999', undefined],
  ['?negotiateVersion=%31', 1],
  ['?negotiateVersion=%zz', undefined],
];

for (const [query, version] of versions) {
  probe(`a negotiation of «${query}» is of ${version ?? 'no version, but an error'}`, async (g) => {
    const response = await fetch(`${g.url}/negotiate${query}`, { method: 'POST' });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/json');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    const answer = (await response.json()) as Record<string, unknown>;
    if (version === undefined) {
      assert.equal(typeof answer['error'], 'string');
      assert.equal(answer['connectionId'], undefined);
      return;
    }
    assert.equal(answer['negotiateVersion'], version);
    assert.deepEqual(answer['availableTransports'], transports);
    assert.equal('connectionToken' in answer, version === 1);
    assert.equal('useStatefulReconnect' in answer, false);
  });
}

probe('a body of a negotiation is not read', async ({ url }) => {
  const response = await fetch(`${url}/negotiate?negotiateVersion=1`, {
    method: 'POST',
    body: 'x'.repeat(100_000),
  });
  assert.equal(response.status, 200);
});

probe('two negotiations have nothing in common', async ({ negotiated }) => {
  const [one, other] = [await negotiated(), await negotiated()];
  assert.notEqual(one, other);
});

probe('a wrong token is told so at the negotiation', async ({ url }) => {
  const response = await fetch(`${url}/negotiate`, {
    method: 'POST',
    headers: { authorization: 'Bearer wrong' },
  });
  assert.equal(response.status, 401);
  assert.equal(response.headers.get('www-authenticate'), 'Bearer');
});

for (const path of ['/', '/ws//', '/WS', '//ws', '/ws/other', '/ws%2fnegotiate', '/w%73']) {
  probe(`${path} is not the hub's`, async ({ socket: open }) => {
    const headers = ['Host: a', 'Content-Length: 0'];
    const socket = await open({ path, method: 'POST', headers });
    assert.equal(socket.status, 404);
  });
}

probe('a very long URL is refused by the server, and by nobody worse', async ({ socket: open }) => {
  const socket = await open({ path: `/ws?id=${'x'.repeat(60_000)}` });
  assert.equal(socket.status, 431);
});

probe('of two ids in a query the first counts', async ({ url, negotiated, socket: open }) => {
  const good = await negotiated();
  const socket = await open({ url: `${good}&id=unknown` });
  assert.equal(socket.status, 101);
  const other = await open({ url: `${url}?id=unknown&${(await negotiated()).split('?')[1]}` });
  assert.equal(other.status, 404);
});

probe('an id may be percent-encoded, and only once', async ({ negotiated, socket: open }) => {
  const url = await negotiated();
  const [path, id] = url.split('?id=') as [string, string];
  const encoded = Array.from(id, (char) => `%${char.codePointAt(0)!.toString(16)}`).join('');
  const twice = await open({ url: `${path}?id=${encoded.replaceAll('%', '%25')}` });
  assert.equal(twice.status, 404);
  const once = await open({ url: `${path}?id=${encoded}` });
  assert.equal(once.status, 101);
});

end();
