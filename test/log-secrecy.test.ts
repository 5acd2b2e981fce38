// What logs and metrics may never hold, though they are read by many and kept for long: tokens, the
// roles' own credentials, query strings, and what people wrote into their transfers.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { Client as Postgres } from 'pg';
import { developmentKeys } from '../src/platform/development-keys.ts';
import { roleNames } from '../src/platform/role.ts';
import { bareEnvironment } from './bare-environment.ts';
import { embeddedFolder } from './embedded-folder.ts';
import { freePort } from './engines/server.ts';
import { forget, postgres, reap } from './engines/index.ts';
import { Client, tokenOf, type Environment } from './system.ts';

const program = join(import.meta.dirname, '..', 'src', 'atlas.ts');
const internalSecret = 'internal-secret-0123456789-0123456789';

/** Each is sent where its name says, and must come out nowhere. */
const written = {
  narration: 'narrated-4711',
  metadata: 'metadata-4712',
  context: 'context-4713',
  query: 'queried-4714',
  key: 'keyed-4715',
  body: 'unreadable-4716',
  field: 'unknown-4717',
} as const;

test('no token, credential, query string or text of a transfer is in any log or metric', async () => {
  await using stack = new AsyncDisposableStack();
  const { folder } = stack.use(await embeddedFolder());
  const database = stack.use(await postgres()).url;
  const atlas = stack.use(
    await startAtlas({
      ATLAS_DATA: folder,
      ATLAS_DEV: '1',
      ATLAS_LOG_LEVEL: 'debug',
      ATLAS_DRAIN_MS: '1000',
      DATABASE_URL: database,
      LEDGER_INTERNAL_SECRET: internalSecret,
    }),
  );
  const keys = await developmentKeys(folder);
  const tokens = [
    await tokenOf(keys),
    await tokenOf(keys, { subject: 'poor', scope: '' }),
    await tokenOf(keys, { ttlSeconds: -60 }),
  ];
  tokens.push(`${tokens[0]!.slice(0, -20)}${'A'.repeat(20)}`);

  for (const token of tokens) await askEverything(atlas.urls, token);
  await breakTheBook(database, new Client(atlas.urls as { gateway: string }, tokens[0]!));
  await askEverything(atlas.urls, internalSecret);
  const metrics = await Promise.all(
    Object.values(atlas.urls).map(async (url) => (await fetch(`${url}/metrics`)).text()),
  );
  await atlas.stop();

  const logs = atlas.lines.join('\n');
  assert.match(logs, /"route":"\/payments\/transfers","status":"201"/);
  assert.match(logs, /"msg":"request failed"/);
  assert.match(metrics.join('\n'), /atlas_payments_http_request_seconds_count\{/);
  const signatures = tokens.map((token) => token.split('.')[2]!);
  const secrets = [...signatures, internalSecret, new URL(database).password, 'access_token'];
  for (const secret of [...secrets, ...Object.values(written)]) {
    for (const text of [logs, ...metrics]) {
      const at = text.indexOf(secret);
      assert.equal(at, -1, text.slice(Math.max(0, at - 300), at + 100));
    }
  }
});

/** With a good token the half of it succeeds; each token also goes where it does not belong. */
async function askEverything(urls: Readonly<Record<string, string>>, token: string): Promise<void> {
  const client = new Client(urls as { gateway: string }, token);
  await client.open('mint', null);
  await client.open('a');
  const texts = {
    narration: written.narration,
    metadata: { note: written.metadata },
    context: { customerId: written.context },
  };
  await client.transfer(written.key, 'mint', 'a', 5, texts);
  await client.transfer('too-much', 'a', 'mint', '9999', texts);
  await client.transfer(written.key, 'mint', 'a', 6, texts);
  await client.send('POST', '/payments/transfers/batch', { transfers: [{ ...texts, key: 'x' }] });
  await client.send('POST', '/payments/transfers', `{"${written.body}`, { 'idempotency-key': 'x' });
  await client.send(
    'POST',
    '/payments/transfers',
    { [written.field]: 1 },
    { 'idempotency-key': 'x' },
  );
  for (const base of [urls['gateway']!, urls['payments']!, urls['ledger']!, urls['realtime']!]) {
    const query = `?access_token=${token}&prefix=${written.query}&key=${written.query}`;
    for (const path of ['/payments/transfers', '/ledger/accounts', '/nowhere', '/ws/negotiate']) {
      for (const method of ['GET', 'POST']) {
        const headers = { authorization: `Bearer ${token}`, 'x-tenant-id': 'tnt_test' };
        await fetch(base + path + query, { method, headers });
        await fetch(base + path + query, { method });
      }
    }
    await fetch(`${base}/internal/transfers?tenant=${written.query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
  }
  await fetch(`${urls['core']}/internal/transfers?tenant=tnt_test&key=${written.query}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await useHub(client, token, urls);
}

/** By the official client, and as browsers do it, with the token in the query. */
async function useHub(
  client: Client,
  token: string,
  urls: Readonly<Record<string, string>>,
): Promise<void> {
  const hub = client.hub();
  hub.on('balanceUpdate', () => {});
  hub.on('subscriptionConfirmed', () => {});
  await hub.start().then(
    async () => {
      await hub.invoke('SubscribeBalance', 'a').catch(() => {});
      await hub.invoke('SubscribeBalance', written.query).catch(() => {});
      await hub.invoke('Nothing', written.query).catch(() => {});
    },
    () => {},
  );
  await hub.stop();
  for (const role of ['gateway', 'realtime']) {
    const address = urls[role]!.replace('http', 'ws');
    const socket = new WebSocket(`${address}/ws?access_token=${token}&x=${written.query}`);
    const opened = await new Promise((resolve) => {
      socket.addEventListener('open', () => resolve(true));
      socket.addEventListener('error', () => resolve(false));
    });
    if (opened !== true) continue;
    socket.send(`{"${written.body}`);
    socket.send('\x1e');
    await once(socket, 'close');
  }
}

/** A transfer that the database refuses, with the row in its error; then connections that break. */
async function breakTheBook(url: string, client: Client): Promise<void> {
  const database = new Postgres(url);
  await database.connect();
  await database.query(`
    alter table transfers add constraint no_such_words check (narration <> '${written.narration}!')`);
  const broken = await client.transfer('refused-by-the-book', 'mint', 'a', 1, {
    narration: `${written.narration}!`,
    metadata: { note: written.metadata },
  });
  assert.ok(broken.status >= 500, broken.text);
  await database.query(`
    select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`);
  await database.end();
}

async function startAtlas(settings: Environment) {
  const urls: Record<string, string> = {};
  const ports: Environment = {};
  for (const role of roleNames) {
    const port = await freePort();
    ports[`ATLAS_${role.toUpperCase()}_PORT`] = String(port);
    urls[role] = `http://127.0.0.1:${port}`;
  }
  const child = spawn(process.execPath, [program, ...roleNames], {
    env: { ...bareEnvironment, ...settings, ...ports },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  reap(child.pid!);
  const ended = once(child, 'close');
  const lines: string[] = [];
  const ready = Promise.withResolvers<void>();
  for (const pipe of [child.stdout, child.stderr]) {
    createInterface(pipe).on('line', (line) => {
      lines.push(line);
      if (line === 'atlas ready') ready.resolve();
    });
  }
  void ended.then(() => ready.reject(new Error(lines.join('\n'))));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    forget(child.pid!);
  };
  await ready.promise;
  return { urls, lines, stop, [Symbol.asyncDispose]: stop };
}
