// The request that becomes a WebSocket.
import assert from 'node:assert/strict';
import { echoCall, json, layGround } from './ground.ts';
import { RawSocket } from './raw-socket.ts';

const { probe, end } = layGround();
const { usualHeaders } = RawSocket;
const without = (name: string) => usualHeaders.filter((header) => !header.startsWith(name));
const replaced = (name: string, header: string) => [...without(name), header];

const requests: [what: string, options: Parameters<typeof RawSocket.upgrade>[1], status: number][] =
  [
    ['with all it needs', {}, 101],
    [
      'with its headers in small letters',
      { headers: usualHeaders.map((each) => each.toLowerCase()) },
      101,
    ],
    [
      'with more than one connection option',
      { headers: replaced('Connection', 'Connection: keep-alive, Upgrade') },
      101,
    ],
    [
      'that offers compression',
      { headers: [...usualHeaders, 'Sec-WebSocket-Extensions: permessage-deflate'] },
      101,
    ],
    [
      'that asks for a subprotocol',
      { headers: [...usualHeaders, 'Sec-WebSocket-Protocol: json, graphql-ws'] },
      101,
    ],
    ['with a body length of zero', { headers: [...usualHeaders, 'Content-Length: 0'] }, 101],
    [
      'with an origin from elsewhere',
      { headers: [...usualHeaders, 'Origin: https://evil.example'] },
      101,
    ],
    ['of HTTP/1.0', { httpVersion: '1.0' }, 400],
    ['by POST', { method: 'POST', headers: [...usualHeaders, 'Content-Length: 0'] }, 405],
    ['without a key', { headers: without('Sec-WebSocket-Key') }, 400],
    ['with a short key', { headers: replaced('Sec-WebSocket-Key', 'Sec-WebSocket-Key: abc') }, 400],
    [
      'with two keys',
      { headers: [...usualHeaders, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='] },
      400,
    ],
    ['without a version', { headers: without('Sec-WebSocket-Version') }, 400],
    [
      'of an older version',
      { headers: replaced('Sec-WebSocket-Version', 'Sec-WebSocket-Version: 7') },
      400,
    ],
    ['to something else', { headers: replaced('Upgrade', 'Upgrade: h2c') }, 400],
    [
      'with an extension that is malformed, as none is spoken',
      { headers: [...usualHeaders, 'Sec-WebSocket-Extensions: ;;'] },
      101,
    ],
    [
      'with a malformed subprotocol',
      { headers: [...usualHeaders, 'Sec-WebSocket-Protocol: a b'] },
      400,
    ],
    ['with a wrong token in the query', { path: '/ws?access_token=wrong' }, 401],
    [
      'with a wrong token in the header',
      { headers: [...usualHeaders, 'Authorization: Bearer wrong'] },
      401,
    ],
    [
      'with a wrong token beside a right one',
      { path: '/ws?access_token=ada', headers: [...usualHeaders, 'Authorization: Bearer wrong'] },
      401,
    ],
    [
      'with two tokens in the query, the first of them right',
      { path: '/ws?access_token=ada&access_token=wrong' },
      101,
    ],
  ];

for (const [what, options, status] of requests) {
  probe(`an upgrade ${what}: ${status}`, async ({ socket }) => {
    const upgraded = await socket(options);
    assert.equal(upgraded.status, status, upgraded.answer);
    assert.doesNotMatch(upgraded.answer, /extensions/i);
    if (status !== 101) await upgraded.ended();
  });
}

probe('frames may stand in the write of the request', async ({ socket }) => {
  const text = json({ protocol: 'json', version: 1 }) + json(echoCall('1'));
  const frame = Buffer.concat([
    Buffer.from([0x82, 0x80 | text.length, 0, 0, 0, 0]),
    Buffer.from(text),
  ]);
  const client = await socket({ head: frame });
  assert.equal(client.status, 101);
  assert.equal((await client.nextFrame()).text, '{}\x1e');
  assert.match((await client.nextFrame()).text, /"invocationId":"1","result":"1"/);
});

probe('who goes away amid the upgrade leaves nothing', async ({ url }) => {
  const lines = ['GET /ws HTTP/1.1', ...usualHeaders, '', ''].join('\r\n');
  for (const at of [1, 30, lines.length - 2, lines.length]) {
    const socket = await RawSocket.send(url, lines.slice(0, at));
    socket.destroy();
  }
});

probe(
  'two requests in one write: the second is not answered over the WebSocket',
  async ({ socket }) => {
    const client = await socket({ head: Buffer.from('GET /ws HTTP/1.1\r\nHost: a\r\n\r\n') });
    assert.equal(client.status, 101);
    assert.equal(await client.closeStatus(), 1002);
  },
);

probe('an id opens one of two upgrades that race', async ({ negotiated, socket }) => {
  const url = await negotiated();
  const statuses = await Promise.all([1, 2, 3].map(async () => (await socket({ url })).status));
  assert.deepEqual(
    statuses.toSorted((a, b) => a - b),
    [101, 409, 409],
  );
});

end();
