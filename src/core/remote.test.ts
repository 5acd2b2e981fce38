import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Account, OpenAccountOutcome, OpenAccountRequest } from '../contracts/accounts.ts';
import { ProblemError } from '../contracts/problems.ts';
import { expired, type TransferRequest } from '../contracts/transfers.ts';
import { MemoryCore } from '../payments/testing.ts';
import { createApp, listen, type Listening } from '../platform/http.ts';
import { testContext, testGuards } from '../platform/testing.ts';
import { addInternalApi } from './internal-api.ts';
import { connectCore } from './remote.ts';

const guards = testGuards();
const secret = 'a-secret-between-roles-of-32-characters';
const transfer: TransferRequest = {
  tenant: 'tnt_demo',
  key: 'k1',
  subject: 'tester',
  source: 'bank',
  destination: 'alice',
  amountMinor: 2n ** 62n,
  currency: 'EUR',
  narration: 'Ünïcode 👋 "quoted"',
  effectiveAt: '2026-11-24T00:00:00.000Z',
  metadata: { a: 'b' },
  context: { deviceId: 'd' },
};

class ServedCore extends MemoryCore {
  override openAccount(request: OpenAccountRequest): Promise<OpenAccountOutcome> {
    const account: Account = { ...request, createdAt: '2026-11-24T00:00:00.000Z' };
    return Promise.resolve({ status: 'created', account });
  }
}

const resources = new AsyncDisposableStack();
const core = new ServedCore();
let server: Listening;

before(async () => {
  const { context } = resources.use(await testContext());
  const { log, metrics } = context.forRole('core');
  const { verifier, corsOrigins } = context;
  const app = await createApp({ role: 'core', log, metrics, verifier, corsOrigins, health: {} });
  addInternalApi(app, core, secret);
  server = resources.use(await listen(app, { host: '127.0.0.1', port: 0, drainMs: 1_000 }));
});
after(() => resources.disposeAsync());

test('transfers and accounts cross the wire exactly, large amounts and absent fields too', async () => {
  await using remote = connectCore({ url: server.url, secret, guards });
  const [posted] = await remote.post([transfer]);
  assert.equal(posted!.status, 'posted');
  const found = await remote.find('tnt_demo', { key: 'k1' });
  assert.deepEqual(found, await core.find('tnt_demo', { key: 'k1' }));
  assert.equal(found!.request.amountMinor, 2n ** 62n);
  const entryId = posted!.status === 'posted' ? posted!.entryId : '';
  assert.deepEqual(await remote.find('tnt_demo', { entryId }), found);
  assert.equal(await remote.find('tnt_demo', { key: 'never' }), undefined);
  for (const minimumMinor of [null, 0n, -(2n ** 62n)]) {
    const request = { tenant: 'tnt_demo', accountId: 'new', currency: 'EUR', minimumMinor };
    const opened = await remote.openAccount(request);
    assert.deepEqual(opened, await core.openAccount(request));
  }
});

test('a full hand-over keeps its order', async () => {
  await using remote = connectCore({ url: `${server.url}/`, secret, guards });
  const requests = Array.from({ length: 1_024 }, (_, i) => ({
    ...transfer,
    key: `full-${i}`,
    amountMinor: 1n,
  }));
  const outcomes = await remote.post(requests);
  assert.deepEqual(
    outcomes.map((outcome) => outcome.status === 'posted' && outcome.sourceVersion),
    outcomes.map((_, i) => i + 2),
  );
});

test('a deadline crosses the wire as the time that is left, and what expired comes back as that', async () => {
  await using remote = connectCore({ url: server.url, secret, guards });
  core.requests.length = 0;
  const inMs = (ms: number) => ({
    ...transfer,
    key: `in-${ms}`,
    deadlineMs: performance.now() + ms,
  });
  await remote.post([{ ...transfer, key: 'patient', amountMinor: 1n }, inMs(60_000), inMs(-5)]);
  const [patient, later, gone] = core.requests;
  assert.equal(patient!.deadlineMs, undefined);
  const leftMs = later!.deadlineMs! - performance.now();
  assert.ok(leftMs > 0 && leftMs <= 60_000, `${leftMs}`);
  assert.ok(gone!.deadlineMs! <= performance.now());
  core.outcome = expired;
  assert.deepEqual(await remote.post([inMs(1)]), [expired]);
  core.outcome = undefined;
});

test('how long the core lets wait is heard with its answers', async () => {
  await using remote = connectCore({ url: server.url, secret, guards });
  assert.equal(remote.waitMs(), 0);
  core.waitMsNow = 150;
  await remote.post([{ ...transfer, key: 'k1' }]);
  core.waitMsNow = 0;
  assert.equal(remote.waitMs(), 150);
});

test('overloaded stays overloaded, and everything else is unavailable', async () => {
  await using remote = connectCore({ url: server.url, secret, guards });
  for (const [failure, code] of [
    [new ProblemError('overloaded', 'full'), 'overloaded'],
    [new ProblemError('unavailable', 'gone'), 'unavailable'],
    [new Error('broken'), 'unavailable'],
  ] as const) {
    core.failure = failure;
    await assert.rejects(remote.post([{ ...transfer, key: 'fails' }]), { code });
  }
  core.failure = undefined;
  await using stranger = connectCore({
    url: server.url,
    secret: 'another-secret-of-more-than-32-chars',
    guards,
  });
  await assert.rejects(stranger.post([transfer]), { code: 'unavailable' });
  await using nobody = connectCore({ url: 'http://127.0.0.1:1', secret, guards });
  await assert.rejects(nobody.post([transfer]), { code: 'unavailable' });
});

test('nobody without the secret may call, with a user token neither', async () => {
  await using other = await testContext();
  for (const authorization of ['', 'Bearer wrong', `Bearer ${await other.token()}`, secret]) {
    for (const [method, path] of [
      ['POST', '/internal/transfers'],
      ['GET', '/internal/transfers?tenant=tnt_demo&key=k1'],
      ['PUT', '/internal/accounts'],
    ] as const) {
      const answer = await fetch(server.url + path, { method, headers: { authorization } });
      assert.equal(answer.status, 401, `${method} ${authorization}`);
    }
  }
});

test('what is not a hand-over is refused, and the core is not called', async () => {
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  core.groups.length = 0;
  const wire = { ...transfer, amountMinor: '1' };
  for (const requests of [
    [],
    [{ ...wire, amountMinor: '-1' }],
    [{ ...wire, amountMinor: 1 }],
    [{ ...wire, tenant: undefined }],
    [{ ...wire, more: 1 }],
    Array.from({ length: 1_025 }, () => wire),
  ]) {
    const body = JSON.stringify({ requests });
    const answer = await fetch(`${server.url}/internal/transfers`, {
      method: 'POST',
      headers,
      body,
    });
    assert.equal(answer.status, 400);
  }
  assert.deepEqual(core.groups, []);
});
