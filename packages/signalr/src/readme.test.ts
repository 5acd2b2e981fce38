import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { server } from '../examples/chat.ts';
import { limitsTable } from '../test/limits-table.ts';
import { listen } from '../test/serve.ts';

test('the example of the README works with the official client', async (t) => {
  const url = `${await listen(server)}/ws`;
  const join = async (name: string, build = new HubConnectionBuilder()) => {
    const client = build
      .withUrl(url, { accessTokenFactory: () => name })
      .configureLogging(LogLevel.None)
      .build();
    t.after(() => client.stop());
    await client.start();
    return client;
  };
  t.after(() => server.close());
  const ada = await join('ada');
  const bob = await join(
    'bob',
    new HubConnectionBuilder().withHubProtocol(new MessagePackHubProtocol()),
  );
  const heard = new Promise((resolve) => {
    bob.on('said', (...said: unknown[]) => resolve(said));
  });
  await ada.invoke('Say', 'hello');
  assert.deepEqual(await heard, ['ada', 'hello']);
  await assert.rejects(ada.invoke('Say', 7), {
    message: 'Argument 1 is invalid: Invalid input: expected string, received number',
  });
  await assert.rejects(join(''), /401/);
});

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

test('the README names every limit with its default', async () => {
  assert.ok(readme.includes(await limitsTable()), `expected\n${await limitsTable()}`);
});

test('the README shows the example as it is', async () => {
  const example = await readFile(new URL('../examples/chat.ts', import.meta.url), 'utf8');
  assert.ok(readme.includes(`\`\`\`ts\n${example}\`\`\``));
});
