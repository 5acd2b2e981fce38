// Long polling and server-sent events, told by hand what no client would say.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { echoCall, type Ground, json, layGround, until } from './ground.ts';
import { RawSocket } from './raw-socket.ts';

const { probe, end } = layGround();
const handshake = json({ protocol: 'json', version: 1 });
const malformed = /"type":7,"error":"[^"]+","allowReconnect":false/;

const post = (url: string, body: string) => fetch(url, { method: 'POST', body });
const poll = (url: string) => fetch(url);

/** Sends a poll; resolves when the hub has it, to its answer that is to come. */
async function openPoll(url: string, { hub }: Ground): Promise<{ answer: Promise<Response> }> {
  const { requests } = hub.counts;
  const answer = poll(url);
  await until(() => hub.counts.requests > requests);
  return { answer };
}
const remove = (url: string) => fetch(url, { method: 'DELETE' });

/** The address of a connection that has polled, shaken hands and read the answer. */
async function polling({ negotiated }: Ground): Promise<string> {
  const url = await negotiated();
  await poll(url);
  await post(url, handshake);
  assert.equal(await (await poll(url)).text(), '{}\x1e');
  return url;
}

/** The same for an event stream, with a function that gives its next event. */
async function streaming({ negotiated }: Ground) {
  const url = await negotiated();
  const response = await fetch(url, { headers: { accept: 'text/event-stream' } });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<string | undefined> => {
    for (;;) {
      const end = text.indexOf('\r\n\r\n');
      if (end !== -1) {
        const event = text.slice(0, end);
        text = text.slice(end + 4);
        return event;
      }
      const { value, done } = await reader.read();
      if (done) return undefined;
      text += value;
    }
  };
  await post(url, handshake);
  assert.equal(await next(), ':\r\ndata: {}\x1e');
  return { url, next, leave: () => reader.cancel(), headers: response.headers };
}

probe('a new poll ends the one before with 204', async (ground) => {
  const url = await polling(ground);
  const first = await openPoll(url, ground);
  const second = await openPoll(url, ground);
  assert.equal((await first.answer).status, 204);
  await post(url, json(echoCall('1')));
  assert.match(await (await second.answer).text(), /"result":"1"/);
});

probe('ten polls at once: one is answered, the others end with 204', async (ground) => {
  const url = await polling(ground);
  const { requests } = ground.hub.counts;
  const polls = Array.from({ length: 10 }, () => poll(url));
  await until(() => ground.hub.counts.requests === requests + 10);
  await post(url, json(echoCall('1')));
  const answers = await Promise.all(polls);
  const ended = answers.filter(({ status }) => status === 204);
  const [answered] = answers.filter(({ status }) => status === 200);
  assert.equal(ended.length, 9);
  assert.match(await answered!.text(), /"result":"1"/);
});

probe('DELETE ends an open poll with 204, and a second DELETE finds nothing', async (ground) => {
  const url = await polling(ground);
  const open = await openPoll(url, ground);
  assert.equal((await remove(url)).status, 202);
  assert.equal((await open.answer).status, 204);
  assert.equal((await remove(url)).status, 404);
  assert.equal((await post(url, json(echoCall('1')))).status, 404);
  assert.equal((await poll(url)).status, 404);
});

probe('a client that stops polling is given up', async (ground) => {
  const url = await polling(ground);
  await ground.quiet();
  assert.equal((await poll(url)).status, 404);
});

probe('a client that breaks off its poll may poll again and gets all', async (ground) => {
  const url = await polling(ground);
  const leaving = new AbortController();
  const { requests } = ground.hub.counts;
  const left = fetch(url, { signal: leaving.signal }).catch(String);
  await until(() => ground.hub.counts.requests > requests);
  leaving.abort();
  await left;
  await post(url, json(echoCall('1')));
  assert.match(await (await poll(url)).text(), /"result":"1"/);
});

for (const [what, body] of Object.entries({
  'no JSON': 'hello\x1e',
  'half a message': '{"type":6}',
  'a call without a target': json({ type: 1, arguments: [] }),
  'a message of 40 KB': json(echoCall('1', 'x'.repeat(40_000))),
})) {
  probe(
    `by long polling, ${what} is answered 200 and closes the connection with words`,
    async (g) => {
      const url = await polling(g);
      assert.equal((await post(url, body)).status, 200);
      assert.match(await (await poll(url)).text(), malformed);
      assert.equal((await poll(url)).status, 204);
    },
  );

  probe(`by an event stream, ${what} closes it with words`, async (ground) => {
    const { url, next } = await streaming(ground);
    assert.equal((await post(url, body)).status, 200);
    assert.match(String(await next()), malformed);
    assert.equal(await next(), undefined);
    assert.equal((await post(url, json({ type: 6 }))).status, 404);
  });
}

probe('a handshake may come by several POSTs, and with a call', async ({ negotiated }) => {
  const url = await negotiated();
  for (const part of ['{"proto', 'col":"json",', '"version":1}']) await post(url, part);
  await post(url, `\x1e${json(echoCall('1'))}`);
  assert.equal(await (await poll(url)).text(), '');
  const text = await (await poll(url)).text();
  assert.equal(text, `{}\x1e${json({ type: 3, invocationId: '1', result: '1' })}`);
  await remove(url);
});

probe('a handshake of an unknown protocol is refused by poll', async ({ negotiated }) => {
  const url = await negotiated();
  await poll(url);
  await post(url, json({ protocol: 'xml', version: 1 }));
  assert.match(await (await poll(url)).text(), /^\{"error":"[^"]+"\}/);
  assert.equal((await poll(url)).status, 204);
});

probe('an event stream carries no MessagePack', async ({ negotiated }) => {
  const url = await negotiated();
  const response = await fetch(url, { headers: { accept: 'text/event-stream' } });
  await post(url, json({ protocol: 'messagepack', version: 1 }));
  assert.match(await response.text(), /data: \{"error":"[^"]+"\}/);
});

probe('an event stream says what proxies need to hear', async (ground) => {
  const { headers, leave } = await streaming(ground);
  assert.equal(headers.get('content-type'), 'text/event-stream');
  assert.match(String(headers.get('cache-control')), /no-cache/);
  assert.equal(headers.get('content-encoding'), 'identity');
  await leave();
});

probe('many messages in a POST are answered in order', async (ground) => {
  const { url, next, leave } = await streaming(ground);
  const ids = Array.from({ length: 20 }, (_, n) => `${n}`);
  await post(url, ids.map((id) => json(echoCall(id))).join(''));
  let text = '';
  while (!text.includes('"invocationId":"19"')) text += await next();
  assert.deepEqual(text.match(/(?<="invocationId":")\d+/g), ids);
  await leave();
});

probe('an empty POST is taken and means nothing', async (ground) => {
  const url = await polling(ground);
  assert.equal((await post(url, '')).status, 200);
  await post(url, json(echoCall('1')));
  assert.match(await (await poll(url)).text(), /"result":"1"/);
});

probe('a POST of more than 512 KB is refused and not kept', async (ground) => {
  const url = await polling(ground);
  assert.equal((await post(url, 'x'.repeat(600_000))).status, 413);
  await post(url, json(echoCall('1')));
  assert.match(await (await poll(url)).text(), /"result":"1"/);
});

probe('a compressed POST is refused', async (ground) => {
  const url = await polling(ground);
  const headers = { 'content-encoding': 'gzip' };
  const { status } = await fetch(url, { method: 'POST', headers, body: 'x' });
  assert.equal(status, 415);
});

probe('a POST that breaks off amid its body harms nothing', async (ground) => {
  const url = await polling(ground);
  const posting = request(url, { method: 'POST', headers: { 'content-length': 100 } });
  posting.on('error', () => {});
  posting.write('{"type":1,');
  await new Promise((resolve) => setImmediate(resolve));
  posting.destroy();
  await post(url, json(echoCall('1')));
  assert.match(await (await poll(url)).text(), /"result":"1"/);
});

probe('the method decides in capitals only', async ({ url }) => {
  const socket = await RawSocket.upgrade(url, {
    path: '/ws?id=x',
    method: 'PATCH',
    headers: ['Host: a', 'Content-Length: 0'],
  });
  assert.equal(socket.status, 405);
  assert.match(socket.answer, /allow: GET, POST, DELETE/i);
  socket.destroy();
});

probe('an answer that must not be kept says so', async (ground) => {
  const url = await polling(ground);
  await post(url, json(echoCall('1')));
  const answer = await poll(url);
  assert.match(String(answer.headers.get('cache-control')), /no-store/);
});

end();
