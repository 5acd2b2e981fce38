import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bundles } from './bundles.ts';
import { encodeInvocation } from './encoded-message.ts';
import { jsonProtocol } from './json-protocol.ts';
import { messagePackProtocol } from './messagepack-protocol.ts';

const [a, b, c] = ['a', 'b', 'c'].map((name) => encodeInvocation('said', [name]));

test('connections that need the same messages share their bytes', () => {
  const bundles = new Bundles();
  const bytes = bundles.of([a!, b!], jsonProtocol);
  assert.equal(bundles.of([a!, b!], jsonProtocol), bytes);
  assert.equal(bytes.toString(), a!.json.toString() + b!.json.toString());
  assert.equal(bundles.of([c!], jsonProtocol), c!.json);
});

test('other messages, another order, fewer of them or another encoding are other bytes', () => {
  const bundles = new Bundles();
  bundles.of([a!, b!, c!], jsonProtocol);
  for (const messages of [[a!, b!], [b!, a!, c!], [a!, b!, a!], []]) {
    const text = messages.map(({ json }) => json.toString()).join('');
    assert.equal(bundles.of(messages, jsonProtocol).toString(), text);
    bundles.of([a!, b!, c!], jsonProtocol);
  }
  const binary = bundles.of([a!, b!, c!], messagePackProtocol);
  assert.deepEqual(binary, Buffer.concat([a!, b!, c!].map(({ messagepack }) => messagepack)));
});
