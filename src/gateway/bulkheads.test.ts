import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { series } from '../platform/telemetry/series.ts';
import { feeling } from '../platform/testing.ts';
import { codeOf, role, testGateway, type Role } from './testing.ts';

/** A role that answers `{}`, or nothing at all while it hangs; it counts what it is asked. */
async function hangable(): Promise<Role & { hangs: boolean; asked: Record<string, number> }> {
  const state = { hangs: false, asked: {} as Record<string, number> };
  const started = await role(({ url }, response) => {
    state.asked[url!] = (state.asked[url!] ?? 0) + 1;
    if (!state.hangs && url !== '/ledger/slow') response.end('{}');
  });
  return Object.assign(state, started);
}

async function until(met: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await met())) await delay(20);
}

function isOpen(metrics: string, name: string): boolean {
  return new RegExp(`^atlas_gateway_dependency_state{dependency="${name}"} [12]$`, 'm').test(
    metrics,
  );
}

test('a role that hangs is refused at once, costs the others nothing, and is served when it lives again', async () => {
  await using ledger = await hangable();
  await using payments = await hangable();
  await using realtime = await hangable();
  await using gateway = await testGateway({
    payments: payments.url,
    ledger: ledger.url,
    realtime: realtime.url,
  });
  const metrics = async () => (await fetch(`${gateway.url}/metrics`)).text();
  assert.equal((await gateway.fetch('/ledger/x')).status, 200);

  const stopping = new AbortController();
  const held = Array.from({ length: 300 }, () =>
    gateway.fetch('/ledger/slow', { signal: stopping.signal }).catch(() => {}),
  );
  // It hangs when all of them are on their way: however long that takes, none comes to an open breaker.
  const underWay = /^atlas_gateway_dependency_calls\{dependency="ledger"\} 300$/m;
  await until(async () => underWay.test(await metrics()));
  ledger.hangs = true;
  const post = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
  const others = async () => {
    assert.equal((await gateway.fetch('/payments/x', post)).status, 200);
    assert.equal((await gateway.fetch('/ws/negotiate', post)).status, 200);
  };
  await until(async () => {
    await others();
    return isOpen(await metrics(), 'ledger');
  });
  const asked = ledger.asked['/ledger/x'];
  for (let i = 0; i < 20; i += 1) {
    const answer = await gateway.fetch('/ledger/x');
    assert.match(answer.headers.get('retry-after')!, /^[1-4]$/);
    assert.equal(await codeOf(answer), '503 unavailable');
    await others();
  }
  assert.equal(ledger.asked['/ledger/x'], asked, 'it is asked for nothing while it hangs');
  assert.equal(isOpen(await metrics(), 'payments'), false);
  assert.match(
    await metrics(),
    /^atlas_gateway_dependency_refused_total\{dependency="ledger",reason="open"\} 20$/m,
  );

  const scope = (scope: string) => gateway.token({ scope });
  const stats = (bearer: string) =>
    gateway.fetch('/gateway/load-shedding/stats', { headers: { authorization: bearer } });
  assert.equal((await stats(`Bearer ${await scope('balances')}`)).status, 403);
  const { roles, floods } = (await (await stats(gateway.authorization)).json()) as {
    roles: Record<string, { breaker: string; passed: number; refused: { open: number } }>;
    floods: Record<string, number>;
  };
  assert.equal(roles['ledger']!.refused.open, 20);
  assert.notEqual(roles['ledger']!.breaker, 'closed');
  assert.ok(roles['ledger']!.passed >= 300 && roles['payments']!.passed >= 20);
  assert.deepEqual([roles['payments']!.refused.open, floods['malformed']], [0, 0]);

  ledger.hangs = false;
  await until(async () => (await gateway.fetch('/ledger/x')).status === 200);
  assert.match(
    await metrics(),
    /^atlas_gateway_dependency_probes_total\{dependency="ledger",outcome="passed"\} [1-9]/m,
  );
  stopping.abort();
  await Promise.all(held);
});

test('a crowd waits at the role, whose limits see it, and not in the gateway', async () => {
  const crowd = 400;
  const waiting: ServerResponse[] = [];
  const all = Promise.withResolvers<void>();
  await using payments = await role((_, response) => {
    if (waiting.push(response) === crowd) all.resolve();
  });
  await using gateway = await testGateway({ payments: payments.url });
  const answers = Array.from({ length: crowd }, () => gateway.fetch('/payments/x'));
  await all.promise;
  for (const response of waiting) response.end('{}');
  for (const { status } of await Promise.all(answers)) assert.equal(status, 200);
});

test('a role that lives may take its time for an answer', async () => {
  await using ledger = await hangable();
  await using gateway = await testGateway({ ledger: ledger.url });
  const stopping = new AbortController();
  const slow = gateway.fetch('/ledger/slow', { signal: stopping.signal });
  await until(() => (ledger.asked['/health/live'] ?? 0) >= 2);
  assert.equal((await gateway.fetch('/ledger/x')).status, 200);
  stopping.abort();
  await assert.rejects(slow);
});

test('a caller who says how long it waits is answered then, and holds no place any longer', async () => {
  await using ledger = await hangable();
  await using gateway = await testGateway({ ledger: ledger.url });
  const headers = { 'request-timeout': '0.05' };
  assert.equal(await codeOf(await gateway.fetch('/ledger/slow', { headers })), '503 unavailable');
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  assert.match(metrics, /^atlas_gateway_dependency_calls\{dependency="ledger"\} 0$/m);
  assert.equal(isOpen(metrics, 'ledger'), false);
});

test('a gateway that is short of processor holds what it can answer in time, and refuses the rest at the door', async () => {
  const asked: (() => void)[] = [];
  await using ledger = await role(({ url }, response) => {
    if (url === '/ledger/slow') asked.push(() => response.end('{}'));
    else response.end('{}');
  });
  await using payments = await hangable();
  let starved = false;
  await using gateway = await testGateway({
    payments: payments.url,
    ledger: ledger.url,
    feel: feeling(
      () => 0,
      () => starved,
    ),
  });
  const limitIs = (is: string) => async () =>
    new RegExp(`^atlas_gateway_dependency_calls_limit{dependency="ledger"} ${is}$`, 'm').test(
      await (await fetch(`${gateway.url}/metrics`)).text(),
    );
  const slow = Array.from({ length: 16 }, () => gateway.fetch('/ledger/slow'));
  await until(() => asked.length === slow.length);
  assert.ok(await limitIs('4096')(), 'slow roles alone are no reason');
  starved = true;
  await until(limitIs('8'));
  const origin = 'http://localhost:3000';
  for (const headers of [{}, { origin }]) {
    const answer = await gateway.fetch('/ledger/accounts/a/balance', { headers });
    assert.match(answer.headers.get('retry-after')!, /^[1-4]$/);
    const allowed = answer.headers.get('access-control-allow-origin');
    assert.equal(allowed, 'origin' in headers ? origin : null);
    assert.equal(await codeOf(answer), '503 overloaded');
  }
  // Before anybody is asked who he is.
  assert.equal(await codeOf(await fetch(`${gateway.url}/ledger/accounts`)), '503 overloaded');
  // Others, operators and health are not meant.
  const post = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
  assert.equal((await gateway.fetch('/payments/x', post)).status, 200);
  for (const path of ['/ledger/load-shedding/stats', '/ledger/cache/stats', '/health/live']) {
    assert.equal((await gateway.fetch(path)).status, 200, path);
  }
  const stats = await (await gateway.fetch('/gateway/load-shedding/stats')).json();
  const { roles } = stats as { roles: Record<string, { refused: { full: number } }> };
  assert.deepEqual([roles['ledger']!.refused.full, roles['payments']!.refused.full], [3, 0]);
  // What the overview counts as shed.
  const shed = `${series['gateway.shed'].metric}{dependency="ledger",reason="full"} 3\n`;
  assert.ok((await (await fetch(`${gateway.url}/metrics`)).text()).includes(shed));

  for (const answer of asked) answer();
  assert.deepEqual(await statusesOf(slow), Array(slow.length).fill(200));
  assert.equal((await gateway.fetch('/ledger/accounts/a/balance')).status, 200);
  starved = false;
  await until(limitIs('4096'));
});

async function statusesOf(answers: readonly Promise<Response>[]): Promise<number[]> {
  return (await Promise.all(answers)).map(({ status }) => status);
}
