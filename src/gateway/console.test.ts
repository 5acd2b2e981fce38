import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { once } from 'node:events';
import { codeOf, testGateway } from './testing.ts';

const page = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
let folder: string;
let gateway: Awaited<ReturnType<typeof testGateway>>;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atlas-console-'));
  await mkdir(join(folder, 'dist/assets'), { recursive: true });
  await writeFile(join(folder, 'dist/index.html'), '<!doctype html>console');
  await writeFile(join(folder, 'dist/favicon.svg'), '<svg/>');
  await writeFile(join(folder, 'dist/assets/main-a1b2.js'), 'run()');
  await writeFile(join(folder, 'dist/.hidden'), 'hidden');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  gateway = await testGateway({ consoleFolder: join(folder, 'dist') });
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Asks for exactly this path with exactly these headers, as fetch would not. */
async function ask(path: string, headers: Record<string, string>) {
  const asking = httpRequest({ host: '127.0.0.1', port: gateway.port, path, headers });
  asking.end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of answer) body += String(chunk);
  return { status: answer.statusCode!, headers: answer.headers, body };
}

test('the console is there without a token, and is asked for anew each time', async () => {
  const answer = await fetch(`${gateway.url}/`);
  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), '<!doctype html>console');
  assert.match(answer.headers.get('content-type')!, /^text\/html/);
  assert.match(answer.headers.get('cache-control')!, /max-age=0/);
  const etag = answer.headers.get('etag')!;
  assert.equal((await ask('/', { 'if-none-match': etag })).status, 304);
});

test('files with a hash in their name are kept for ever, others are not', async () => {
  const script = await fetch(`${gateway.url}/assets/main-a1b2.js`);
  assert.equal(await script.text(), 'run()');
  assert.equal(script.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  assert.match(script.headers.get('content-type')!, /javascript/);
  const icon = await fetch(`${gateway.url}/favicon.svg`, { headers: page });
  assert.equal(icon.headers.get('content-type'), 'image/svg+xml');
  assert.match(icon.headers.get('cache-control')!, /max-age=0/);
});

test("the console's own addresses give its page, missing files do not", async () => {
  for (const path of [
    '/accounts',
    '/realtime/x',
    '/accounts/msisdn::234.81',
    '/deep/er?x=1',
    '/assets/gone.js',
  ]) {
    const answer = await fetch(gateway.url + path, { headers: page });
    assert.equal(answer.status, 200, path);
    assert.equal(await answer.text(), '<!doctype html>console');
    assert.match(answer.headers.get('cache-control')!, /max-age=0/);
  }
  assert.equal(await codeOf(await fetch(`${gateway.url}/assets/gone.js`)), '404 not_found');
  assert.equal(await codeOf(await fetch(`${gateway.url}/assets`)), '404 not_found');
  const post = await fetch(`${gateway.url}/accounts`, { method: 'POST' });
  assert.equal(await codeOf(post), '405 method_not_allowed');
  assert.equal(post.headers.get('allow'), 'GET, HEAD, OPTIONS');
});

test('nothing outside the folder and nothing hidden is served', async () => {
  for (const path of [
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/..%5csecret.txt',
    '/%00',
    '/.hidden',
    '/%E0%A4%A',
  ]) {
    for (const accept of ['*/*', 'text/html']) {
      const { status, body } = await ask(path, { accept });
      assert.ok(body !== 'secret' && body !== 'hidden', path);
      if (accept === '*/*') assert.ok(status === 404 || status === 400, `${path} ${status}`);
    }
  }
});

test('everything that the gateway serves itself carries security headers', async () => {
  for (const path of ['/', '/nothing', '/payments/x', '/health/live']) {
    const { headers } = await fetch(gateway.url + path);
    const policy = headers.get('content-security-policy')!;
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; /);
    assert.match(policy, new RegExp(`connect-src 'self' ws://127.0.0.1:${gateway.port} `));
    assert.match(policy, /frame-ancestors 'none'; base-uri 'none'/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
    assert.equal(headers.get('strict-transport-security'), null);
  }
  const secure = await fetch(gateway.url, { headers: { 'x-forwarded-proto': 'https' } });
  assert.match(secure.headers.get('strict-transport-security')!, /max-age/);
});

test('the provider where people sign in is the one other origin that the console may call', async () => {
  await using signingIn = await testGateway({
    settings: {
      AUTH_JWKS_URL: 'https://id.example/keys',
      AUTH_ISSUER: 'https://id.example/realm',
      AUTH_AUDIENCE: 'atlas',
      CONSOLE_OIDC_ISSUER: 'https://id.example/realm',
      CONSOLE_OIDC_CLIENT_ID: 'atlas-console',
    },
  });
  const { headers } = await fetch(signingIn.url);
  const policy = headers.get('content-security-policy')!;
  assert.match(policy, /connect-src [^;]+ https:\/\/id\.example;/);
  assert.doesNotMatch(policy.replace(/connect-src[^;]+/, ''), /id\.example|unsafe/);
});

test('a host name cannot write into the policy', async () => {
  const { headers } = await ask('/', { host: "x; script-src 'unsafe-inline'" });
  assert.match(String(headers['content-security-policy']), /connect-src 'self';/);
  assert.doesNotMatch(String(headers['content-security-policy']), /unsafe/);
});

test('without a console there is nothing at /', async () => {
  await using bare = await testGateway({});
  assert.equal(await codeOf(await fetch(bare.url, { headers: page })), '404 not_found');
});
