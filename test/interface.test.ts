// The sentences of the public interface that no narrower test holds to, asked of a whole running Atlas
// at the gateway, on embedded and on real engines alike. One system for all tests of a column: each
// test has a tenant of its own.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { SignJWT } from 'jose';
import type { DevelopmentClaims } from '../src/platform/development-keys.ts';
import { columns, startSystem, type Answer, type Client, type System } from './system.ts';

const rates = { LS_RATE_PER_SEC: '1000000', LS_BURST: '1000000' };
const everyCharacter = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:_.-+';

for (const column of columns) {
  describe(`the interface on ${column[0]}`, () => {
    let system: System;
    before(async () => {
      system = await startSystem(column, rates);
    });
    after(() => system[Symbol.asyncDispose]());

    /** Clients of a tenant of its own, in which `mint` may go below zero and `a` may not. */
    async function tenant() {
      const name = `tnt_${randomUUID()}`;
      const as = (claims: Partial<DevelopmentClaims>): Promise<Client> =>
        system.client({ tenant: name, ...claims });
      const client = await as({});
      await client.open('mint', null);
      await client.open('a');
      return { name, as, client };
    }

    it('takes amounts as decimal strings of minor units or safe integers, and nothing else', async () => {
      const { client } = await tenant();
      let posts = 0;
      const post = (literal: string) => {
        const body = `{"sourceAccountId":"mint","destinationAccountId":"a","currency":"EUR","minor":${literal}}`;
        const key = { 'idempotency-key': `amount-${(posts += 1)}` };
        return client.send('POST', '/payments/transfers', body, key);
      };
      for (const literal of ['1', '"1"', '1.0', '1e3', '9007199254740991', '"9007199254740993"']) {
        assert.equal((await post(literal)).status, 201, literal);
      }
      assert.equal((await client.balance('a')).body.availableMinor, '18014398509482987');
      const wrong =
        '0 "0" -1 "-1" -0 1.5 "1.0" "1e3" "01" "+1" " 1" "" null true [1] {} 9007199254740992 ' +
        '9223372036854775807 "9223372036854775808" 1e400 "٣"';
      for (const literal of wrong.split(/ (?!1")/)) {
        assertProblem(await post(literal), 400, 'invalid_request', literal);
      }
    });

    it('takes account ids of every allowed character, plain or encoded in a path, and no other', async () => {
      const { client } = await tenant();
      const hex = everyCharacter.replaceAll(/./g, (char) => `%${char.charCodeAt(0).toString(16)}`);
      for (const path of [everyCharacter, encodeURIComponent(everyCharacter), hex]) {
        assert.equal((await client.open(path)).body.accountId, everyCharacter);
      }
      assert.equal((await client.open('x'.repeat(128))).status, 201);
      for (const path of [
        'x'.repeat(129),
        'a%20b',
        'a%2Fb',
        '%00',
        '%E2%82%AC',
        'a*b',
        'a,b',
        '~',
      ]) {
        assertProblem(await client.open(path), 400, 'invalid_request', path);
        assertProblem(await client.balance(path), 400, 'invalid_request', path);
      }
    });

    it('opens an account: 201, the same again 200, otherwise 409, and no minimum above zero', async () => {
      const { client } = await tenant();
      const put = (body: unknown) => client.send('PUT', '/ledger/accounts/b', body);
      assert.equal((await put({ currency: 'EUR' })).status, 201);
      for (const minimumMinor of ['0', 0]) {
        assert.equal((await put({ currency: 'EUR', minimumMinor })).status, 200);
      }
      for (const body of [{ currency: 'EUR', minimumMinor: null }, { currency: 'USD' }]) {
        assertProblem(await put(body), 409, 'account_conflict');
      }
      for (const minimumMinor of ['5', 5, '-0', '-05', '', -1.5, '-9223372036854775808', true]) {
        assertProblem(await put({ currency: 'EUR', minimumMinor }), 400, 'invalid_request');
      }
      assertProblem(await put({ currency: 'EUR', colour: 'red' }), 400, 'invalid_request');
    });

    it('repeats a refusal by accounts for its key, byte for byte, also when the reason is gone', async () => {
      const { client } = await tenant();
      const first = await client.transfer('refused', 'mint', 'later', 1);
      assertProblem(first, 404, 'account_not_found');
      await client.open('later');
      const again = await client.transfer('refused', 'mint', 'later', 1);
      assert.deepEqual([again.status, again.text], [404, first.text]);
      assert.equal(again.headers.get('idempotency-replayed'), 'true');
      const found = await client.get('/payments/transfers?key=refused');
      assert.deepEqual([found.body.status, found.body.problem], ['refused', first.body]);
      // What was not decided by accounts is not stored.
      assertProblem(await client.transfer('free', 'mint', 'mint', 1), 422, 'same_account');
      assertProblem(await client.transfer('free', 'mint', 'a', 0), 400, 'invalid_request');
      assert.equal((await client.transfer('free', 'mint', 'a', 1)).status, 201);
    });

    it('posts a batch in order, each on its own: duplicates, refusals and wrong amounts within', async () => {
      const { client } = await tenant();
      await client.open('b');
      const item = (key: string, source: string, destination: string, minor: string | number) => ({
        key,
        sourceAccountId: source,
        destinationAccountId: destination,
        minor,
        currency: 'EUR',
      });
      const transfers = [
        item('1', 'a', 'b', '5'),
        item('2', 'mint', 'a', '5'),
        item('3', 'a', 'b', '5'),
        item('2', 'mint', 'a', '5'),
        item('2', 'mint', 'a', '6'),
        item('4', 'a', 'a', '1'),
        item('5', 'mint', 'a', 1.5),
      ];
      const send = (body: unknown) => client.send('POST', '/payments/transfers/batch', body);
      const { status, body } = await send({ transfers });
      assert.equal(status, 200);
      assert.deepEqual(
        body.results.map(
          (result: Record<string, string> & { problem?: { code: string; instance: string } }) =>
            `${result['key']} ${result.problem?.code ?? result['status']}`,
        ),
        [
          '1 insufficient_funds',
          '2 posted',
          '3 posted',
          '2 posted',
          '2 idempotency_key_reused',
          '4 same_account',
          '5 invalid_request',
        ],
      );
      assert.equal(body.results[3].entryId, body.results[1].entryId);
      for (const { problem } of body.results) {
        if (problem !== undefined) assertProblemBody(problem);
      }
      assertProblem(await send({ transfers: [] }), 400, 'invalid_request');
      const many = Array.from({ length: 1_001 }, (_, i) => item(`m${i}`, 'mint', 'a', 1));
      assertProblem(await send({ transfers: many }), 400, 'invalid_request');
      const all = await send({ transfers: many.slice(1) });
      assert.deepEqual([all.status, all.body.results.length], [200, 1_000]);
    });

    it('answers every refusal with problem+json and its status, whichever role it comes from', async () => {
      const { client, as } = await tenant();
      const expect = async (answer: Promise<Answer>, status: number, code: string) =>
        assertProblem(await answer, status, code);
      const large = { currency: 'EUR', note: 'x'.repeat(1_000_000) };
      await expect(client.send('POST', '/payments/transfers', {}), 400, 'idempotency_key_missing');
      await expect(client.transfer('k', 'mint', 'a', 1, { colour: 'red' }), 400, 'invalid_request');
      await expect(
        client.transfer('k', 'mint', 'a', 1, { currency: 'USD' }),
        422,
        'currency_mismatch',
      );
      await expect(client.transfer('a b', 'mint', 'a', 1), 400, 'invalid_request');
      await expect(client.send('PUT', '/ledger/accounts/b', large), 413, 'payload_too_large');
      await expect(client.send('PUT', '/ledger/accounts/b', '{'), 400, 'invalid_request');
      await expect(client.send('DELETE', '/ledger/accounts/a'), 405, 'method_not_allowed');
      await expect(client.get(`/payments/transfers/${randomUUID()}`), 404, 'not_found');
      await expect(client.get('/ledger/accounts?limit=201'), 400, 'invalid_request');
      await expect(client.get('/ledger/accounts/a/entries?cursor=abc'), 400, 'invalid_request');
      await expect(client.get('/ledger/accounts/a', { 'x-tenant-id': 'tnt_x' }), 403, 'forbidden');
      const stranger = await as({ accounts: ['b'], scope: 'transfers balances' });
      const { entryId } = (await client.transfer('theirs', 'mint', 'a', 1)).body;
      await expect(stranger.get(`/payments/transfers/${entryId}`), 403, 'forbidden');
      await expect(stranger.get('/payments/load-shedding/stats'), 403, 'forbidden');
      await expect(stranger.balance('nobodys'), 403, 'forbidden');
      await expect(stranger.balance('b'), 404, 'account_not_found');
    });

    it('checks metadata and narration by their characters, line breaks and all', async () => {
      const { client } = await tenant();
      let posts = 0;
      const post = (more: object) => client.transfer(`text-${(posts += 1)}`, 'mint', 'a', 1, more);
      const strings = (count: number) =>
        Object.fromEntries(Array.from({ length: count }, (_, i) => [`name ${i}`, 'value']));
      for (const more of [
        { narration: '€'.repeat(140) },
        { narration: '\u{1F4B6}'.repeat(140) },
        { metadata: strings(20) },
        { metadata: { 'a\nb': 'c\nd' } },
      ]) {
        assert.equal((await post(more)).status, 201);
      }
      for (const more of [
        { narration: '\u{1F4B6}'.repeat(141) },
        { narration: 'a\0' },
        { metadata: strings(21) },
        { metadata: { 'a\nb': 1 } },
        { metadata: { 'a\nb': {} } },
        { context: { colour: 'red' } },
      ]) {
        assertProblem(await post(more), 400, 'invalid_request');
      }
    });

    it('verifies tokens at every role: expired, unsigned, signed by another, without an end', async () => {
      const { name } = await tenant();
      const { privateKey } = generateKeyPairSync('ed25519');
      const claims = { tenant: name, accounts: '*', scope: 'transfers balances' };
      const signed = new SignJWT(claims)
        .setProtectedHeader({ alg: 'EdDSA', kid: 'development' })
        .setSubject('mallory')
        .setExpirationTime('1h');
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const unsigned = `${part({ alg: 'none' })}.${part({ ...claims, sub: 'm', exp: 4e9 })}.`;
      const bad = [
        await system.token({ tenant: name, ttlSeconds: -10 }),
        await signed.sign(privateKey),
        unsigned,
        'garbage',
      ];
      const { gateway, payments, ledger, realtime } = system.urls;
      for (const token of bad) {
        const headers = { authorization: `Bearer ${token}` };
        for (const url of [
          `${gateway}/ledger/accounts/a/balance`,
          `${ledger}/ledger/accounts/a/balance`,
          `${payments}/payments/transfers?key=k`,
        ]) {
          const answer = await fetch(url, { headers });
          assert.equal(answer.status, 401);
          assert.equal(((await answer.json()) as { code: string }).code, 'unauthenticated');
        }
        for (const base of [gateway, realtime]) {
          const answer = await fetch(`${base}/ws/negotiate`, { method: 'POST', headers });
          assert.equal(answer.status, 401);
        }
      }
    });

    it('knows a balance by its ETag and by its version', async () => {
      const { client } = await tenant();
      await client.transfer('one', 'mint', 'a', 1);
      const path = '/ledger/accounts/a/balance';
      const { headers, body } = await client.get(path);
      const etag = headers.get('etag')!;
      assert.equal(body.version, 1);
      for (const list of [etag, `W/${etag}`, '*', `"x", ${etag}`]) {
        const same = await client.get(path, { 'if-none-match': list });
        assert.deepEqual([same.status, same.text, same.headers.get('etag')], [304, '', etag]);
      }
      const waiting = client.get(`${path}?minVersion=2`);
      await client.transfer('two', 'mint', 'a', 1);
      assert.equal((await waiting).body.version, 2);
      assert.equal((await client.get(path, { 'if-none-match': etag })).status, 200);
      const startedAt = performance.now();
      assertProblem(await client.get(`${path}?minVersion=9`), 409, 'version_not_reached');
      assert.ok(performance.now() - startedAt < 2_000);
    });

    it('lists accounts by prefix in pages, each once, in one order on every engine', async () => {
      const { client } = await tenant();
      const ids = ['p:+', 'p:-', 'p:.', 'p::', 'p:B', 'p:_', 'p:a', 'p:z'];
      for (const id of [...ids.toReversed(), 'p', 'pz', 'P:a']) {
        await client.open(encodeURIComponent(id));
      }
      const listed: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
        const { body } = await client.get(`/ledger/accounts?prefix=p%3A&limit=3${query}`);
        listed.push(...body.items.map(({ accountId }: { accountId: string }) => accountId));
        cursor = body.nextCursor;
      }
      assert.deepEqual(listed, ids);
    });

    it('lets every port of localhost call, also with headers of its own, and nobody else', async () => {
      const preflight = async (base: string, path: string, origin: string) => {
        const answer = await fetch(base + path, {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization,x-tenant-id',
          },
        });
        const allowed = answer.headers.get('access-control-allow-headers') ?? '';
        return [answer.headers.get('access-control-allow-origin'), allowed.includes('x-tenant-id')];
      };
      const { gateway, payments, realtime } = system.urls;
      for (const [base, path] of [
        [gateway, '/payments/transfers'],
        [payments, '/payments/transfers'],
        [gateway, '/ws/negotiate'],
        [realtime, '/ws/negotiate'],
      ] as const) {
        const origin = 'http://localhost:8081';
        assert.deepEqual(await preflight(base, path, origin), [origin, true]);
        const [allowed] = await preflight(base, path, 'http://localhost.example');
        assert.equal(allowed, null);
      }
    });

    it('passes /ws whole: confirmed, then updated, then answered; codes and statuses as the role says them', async () => {
      const { client, name } = await tenant();
      const hub = client.hub();
      const heard: string[] = [];
      hub.on('subscriptionConfirmed', () => heard.push('confirmed'));
      hub.on('balanceUpdate', () => heard.push('updated'));
      await hub.start();
      await assert.rejects(
        hub.invoke('SubscribeMultipleBalances', ['a', 'b']),
        /account_not_found:/,
      );
      await hub.invoke('SubscribeBalance', 'a').then(() => heard.push('answered'));
      assert.deepEqual(heard, ['confirmed', 'updated', 'answered']);
      await hub.stop();

      const authorization = `Bearer ${await system.token({ tenant: name })}`;
      for (const [method, path, status, headers] of [
        ['POST', '/ws/negotiate?negotiateVersion=1', 200, { authorization }],
        ['POST', '/ws/negotiate', 403, { authorization, 'x-tenant-id': 'tnt_other' }],
        ['POST', '/ws/negotiate', 401, {}],
        ['GET', '/ws', 400, { authorization }],
        ['GET', '/ws?id=unknown', 404, { authorization }],
        ['GET', '/ws/info', 200, { authorization }],
      ] as const) {
        for (const base of [system.urls.gateway, system.urls.realtime]) {
          assert.equal((await fetch(base + path, { method, headers })).status, status, base + path);
        }
      }
    });
  });
}

function assertProblem(answer: Answer, status: number, code: string, what = code): void {
  assert.deepEqual([answer.status, answer.body?.code], [status, code], what);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
  assert.equal(answer.body.status, status);
  assertProblemBody(answer.body);
}

function assertProblemBody(body: Record<string, unknown>): void {
  for (const member of ['type', 'title', 'status', 'detail', 'code', 'instance']) {
    assert.notEqual(body[member], undefined, member);
  }
}
