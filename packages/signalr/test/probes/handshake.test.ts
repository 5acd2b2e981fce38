// The first message, in every shape that it can come in.
import assert from 'node:assert/strict';
import { packed, unpacked } from '../echo-hub.ts';
import { assertAlive, echoCall, json, layGround } from './ground.ts';

const { probe, end } = layGround();
const handshake = json({ protocol: 'json', version: 1 });

probe('a handshake may be cut in two at any byte', async ({ connect }) => {
  for (let at = 1; at < handshake.length; at++) {
    const client = await connect();
    client.socket.send(handshake.slice(0, at));
    client.socket.send(handshake.slice(at));
    assert.equal(await client.nextText(), '{}\x1e');
  }
});

probe('a handshake may come byte by byte', async ({ connect }) => {
  const client = await connect();
  for (const byte of handshake) client.socket.send(byte);
  assert.equal(await client.nextText(), '{}\x1e');
});

probe('calls may stand in the frame of the handshake', async ({ connect }) => {
  const client = await connect();
  client.socket.send(handshake + json(echoCall('1')) + json({ type: 6 }) + json(echoCall('2')));
  assert.equal(await client.nextText(), '{}\x1e');
  assert.equal((await client.nextMessage())['invocationId'], '1');
  assert.equal((await client.nextMessage())['invocationId'], '2');
});

probe('a call cut in two behind the handshake is malformed', async ({ connect }) => {
  const client = await connect();
  client.socket.send(handshake + json(echoCall('1')).slice(0, 10));
  assert.equal(await client.nextText(), '{}\x1e');
  assert.equal((await client.nextMessage())['type'], 7);
  assert.equal(await client.closed(), 1002);
});

const accepted: Record<string, string> = {
  'of version 0': '{"protocol":"json","version":0}',
  'of version 1': '{"protocol":"json","version":1}',
  'of version 2': '{"protocol":"json","version":2}',
  'with fields nobody knows': '{"version":1,"x":[{}],"protocol":"json","y":null}',
  'with white space': ' {\n\t"protocol" : "json" , "version" : 1 }\r\n',
  'of a protocol in capitals': '{"protocol":"JSON","version":1}',
  'with escapes': '{"protocol":"\\u006ason","version":1}',
};

for (const [what, text] of Object.entries(accepted)) {
  for (const binary of [false, true]) {
    probe(`a handshake ${what} in a ${binary ? 'binary' : 'text'} frame is accepted`, async (g) => {
      const client = await g.connect();
      client.socket.send(Buffer.from(`${text}\x1e`), { binary });
      assert.deepEqual(await client.next(), { text: '{}\x1e', binary: false });
      await assertAlive(client);
    });
  }
}

const refused: Record<string, string> = {
  'of version 3': '{"protocol":"json","version":3}',
  'of version 99': '{"protocol":"json","version":99}',
  'of version -1': '{"protocol":"json","version":-1}',
  'of version 1.5': '{"protocol":"json","version":1.5}',
  'of version "1"': '{"protocol":"json","version":"1"}',
  'of version null': '{"protocol":"json","version":null}',
  'without a version': '{"protocol":"json"}',
  'without a protocol': '{"version":1}',
  'of no protocol': '{"protocol":"","version":1}',
  'of protocol null': '{"protocol":null,"version":1}',
  'of a list of protocols': '{"protocol":["json"],"version":1}',
  'of an unknown protocol': '{"protocol":"blazorpack","version":1}',
  'of __proto__': '{"protocol":"__proto__","version":1}',
  'that is a call': '{"type":1,"target":"Echo","arguments":[]}',
  'that is empty': '',
  'that is a list': '[]',
  'that is a number': '1',
  'that is null': 'null',
  'that is cut off': '{"protocol":"json","vers',
  'with a comma too many': '{"protocol":"json","version":1,}',
  'with a comment': '{"protocol":"json","version":1}//',
  'in MessagePack': '\x82\xa8protocol\xa4json\xa7version\x01',
  'that is not UTF-8': '{"protocol":"json\xff","version":1}',
  'behind a byte order mark': '\xef\xbb\xbf{"protocol":"json","version":1}',
};

for (const [what, text] of Object.entries(refused)) {
  probe(`a handshake ${what} is refused with words`, async ({ connect }) => {
    const client = await connect();
    client.socket.send(Buffer.from(`${text}\x1e`, 'latin1'));
    const { error } = (await client.nextMessage()) as { error?: unknown };
    assert.equal(typeof error, 'string');
    assert.equal(await client.closed(), 1002);
  });
}

const bytesMax = 4 * 1024;

probe('a handshake of 4 KB is read, with a byte more it is not', async ({ connect }) => {
  const padded = (bytes: number) => {
    const text = '{"protocol":"json","version":1}';
    return `${text.slice(0, -1)}${' '.repeat(bytes - text.length)}}\x1e`;
  };
  const fits = await connect();
  fits.socket.send(padded(bytesMax));
  assert.equal(await fits.nextText(), '{}\x1e');
  const long = await connect();
  long.socket.send(padded(bytesMax + 1));
  assert.match(await long.nextText(), /longer than 4096 bytes/);
  assert.equal(await long.closed(), 1002);
});

probe('a handshake that never ends is refused when it is too long', async ({ connect }) => {
  const client = await connect();
  for (let n = 0; n < 5; n++) client.socket.send(' '.repeat(1_000));
  assert.match(await client.nextText(), /longer than 4096 bytes/);
  assert.equal(await client.closed(), 1002);
});

probe('who never shakes hands is closed in time', async ({ connect }) => {
  const client = await connect();
  assert.equal(await client.closed(), 1008);
});

probe('a handshake of MessagePack is answered in JSON, then all is binary', async ({ open }) => {
  const client = await open('messagepack');
  client.sendBytes(packed([1, {}, '1', 'Echo', ['x'], []]));
  assert.deepEqual(unpacked(await client.next()), [3, {}, '1', 3, 'x']);
});

end();
