// Connections that outlive their sockets, and peers that count wrongly.
import assert from 'node:assert/strict';
import { RawClient } from '../raw-client.ts';
import { assertAlive, assertClosed, echoCall, type Ground, layGround } from './ground.ts';

const { probe, end } = layGround();

/** A client of a connection that may outlive its socket, and the address to come back to. */
async function begin(ground: Ground): Promise<{ client: RawClient; url: string }> {
  const url = await ground.negotiated('&useStatefulReconnect=true');
  const client = await RawClient.connect(url);
  client.say({ protocol: 'json', version: 2 });
  assert.equal(await client.nextText(), '{}\x1e');
  return { client, url };
}

async function comeBack(url: string, sequenceId = 1): Promise<RawClient> {
  const client = await RawClient.connect(url);
  client.say({ type: 9, sequenceId });
  return client;
}

/** The next message that is no acknowledgement. */
async function next(client: RawClient): Promise<Record<string, unknown>> {
  for (;;) {
    const message = await client.nextMessage();
    if (message['type'] !== 8) return message;
  }
}

probe('it comes back under its id, and the server says where it goes on', async (ground) => {
  const { client, url } = await begin(ground);
  client.say(echoCall('1'));
  assert.equal((await next(client))['result'], '1');
  client.socket.terminate();
  const back = await comeBack(url, 2);
  assert.deepEqual(await next(back), { type: 9, sequenceId: 1 });
  assert.equal((await next(back))['result'], '1');
  back.say(echoCall('2'));
  assert.equal((await next(back))['result'], '2');
  back.say({ type: 7 });
  await back.closed();
});

probe('what was acknowledged is not sent again', async (ground) => {
  const { client, url } = await begin(ground);
  client.say(echoCall('1'));
  await next(client);
  client.say({ type: 8, sequenceId: 1 });
  client.say(echoCall('2'));
  await next(client);
  client.socket.terminate();
  const back = await comeBack(url, 3);
  assert.deepEqual(await next(back), { type: 9, sequenceId: 2 });
  assert.equal((await next(back))['invocationId'], '2');
  back.say({ type: 7 });
});

probe('a call that comes twice is carried out once', async (ground) => {
  const { client, url } = await begin(ground);
  client.say(echoCall('1'));
  await next(client);
  client.socket.terminate();
  const { calls } = ground.hub.counts;
  const back = await comeBack(url, 1);
  back.say(echoCall('1'), echoCall('2'));
  await next(back);
  await next(back);
  assert.equal((await next(back))['invocationId'], '2');
  assert.equal(ground.hub.counts.calls, calls + 1);
  back.say({ type: 7 });
});

probe('an acknowledgement of the future is taken as one of all that there is', async (ground) => {
  const { client } = await begin(ground);
  client.say({ type: 8, sequenceId: Number.MAX_SAFE_INTEGER }, echoCall('1'));
  assert.equal((await next(client))['result'], '1');
  client.say({ type: 7 });
});

probe('an acknowledgement that goes back changes nothing', async (ground) => {
  const { client } = await begin(ground);
  client.say(echoCall('1'), { type: 8, sequenceId: 1 }, { type: 8, sequenceId: 0 }, echoCall('2'));
  await next(client);
  assert.equal((await next(client))['result'], '2');
  client.say({ type: 7 });
});

probe('a sequence that leaves messages out ends the connection', async (ground) => {
  const { client, url } = await begin(ground);
  client.socket.terminate();
  const back = await comeBack(url, 7);
  await next(back);
  await assertClosed(back, 1002, /sequence/);
});

probe('without a sequence nothing of a client that came back is carried out', async (ground) => {
  const { client, url } = await begin(ground);
  client.socket.terminate();
  const { calls } = ground.hub.counts;
  const back = await RawClient.connect(url);
  back.say(echoCall('1'));
  back.say({ type: 9, sequenceId: 1 }, echoCall('2'));
  await next(back);
  assert.equal((await next(back))['invocationId'], '2');
  assert.equal(ground.hub.counts.calls, calls + 1);
  back.say({ type: 7 });
});

probe('a second socket takes the place of the first, which is closed', async (ground) => {
  const { client, url } = await begin(ground);
  const back = await comeBack(url);
  assert.deepEqual(await next(back), { type: 9, sequenceId: 1 });
  await client.closed();
  back.say(echoCall('1'));
  assert.equal((await next(back))['result'], '1');
  back.say({ type: 7 });
});

probe('a plain connection has one socket: a second is refused with 409', async (ground) => {
  const url = await ground.negotiated();
  const client = await RawClient.connect(url);
  client.say({ protocol: 'json', version: 1 });
  await client.nextText();
  assert.equal((await ground.socket({ url })).status, 409);
  await assertAlive(client);
  client.socket.terminate();
});

probe(
  'who negotiated it and shakes hands with version 1 has a plain connection',
  async (ground) => {
    const url = await ground.negotiated('&useStatefulReconnect=true');
    const client = await RawClient.connect(url);
    client.say({ protocol: 'json', version: 1 });
    await client.nextText();
    client.socket.terminate();
    await ground.quiet();
    assert.equal((await ground.socket({ url })).status, 404);
  },
);

probe('who does not come back in time is given up', async (ground) => {
  const { client, url } = await begin(ground);
  client.socket.terminate();
  await ground.quiet();
  assert.equal((await ground.socket({ url })).status, 404);
});

probe('who has closed it does not come back', async (ground) => {
  const { client, url } = await begin(ground);
  client.say({ type: 7 });
  await client.closed();
  await ground.quiet();
  assert.equal((await ground.socket({ url })).status, 404);
});

probe('a wrong token does not come back either', async (ground) => {
  const { client, url } = await begin(ground);
  client.socket.terminate();
  const { status } = await ground.socket({ url: `${url}&access_token=wrong` });
  assert.equal(status, 401);
});

probe('it has no other transport', async (ground) => {
  const { client, url } = await begin(ground);
  assert.equal((await fetch(url)).status, 400);
  assert.equal((await fetch(url, { method: 'POST', body: 'x' })).status, 405);
  assert.equal((await fetch(url, { method: 'DELETE' })).status, 400);
  client.say({ type: 7 });
});

probe('twenty sockets in a row, cut amid calls, lose and double nothing', async (ground) => {
  const { client, url } = await begin(ground);
  let socket = client;
  const { calls } = ground.hub.counts;
  for (let n = 1; n <= 20; n++) {
    socket.say(echoCall(`${n}`));
    let message = await next(socket);
    while (message['invocationId'] !== `${n}`) message = await next(socket);
    socket.say({ type: 8, sequenceId: n });
    socket.socket.terminate();
    socket = await comeBack(url, n + 1);
  }
  assert.equal(ground.hub.counts.calls, calls + 20);
  socket.say({ type: 7 });
});

end();
