// How much is admitted, as operators set it while everything runs: at the gateway, for every replica, past
// a restart, and in the record.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { embeddedFolder } from './embedded-folder.ts';
import {
  Client,
  columns,
  realEngines,
  startSystem,
  type Column,
  type Environment,
  type System,
} from './system.ts';

const path = '/payments/load-shedding';

for (const column of columns) {
  const replicated = column[1] === realEngines;
  describe(`the ceiling of admission on ${column[0]}`, () => {
    const resources = new AsyncDisposableStack();
    let system: System;
    let operator: Client;
    let startReplica: () => Promise<System>;

    before(async () => {
      const engines: Environment = await column[1](resources);
      engines['ATLAS_DATA'] ??= resources.use(await embeddedFolder()).folder;
      engines['LS_RATE_PER_SEC'] = '300';
      engines['LS_BURST'] = '700';
      const shared: Column = [column[0], () => Promise.resolve(engines)];
      system = resources.use(await startSystem(shared));
      operator = await system.client({ subject: 'op', scope: 'ops' });
      startReplica = async () => {
        const address = { LEDGER_INTERNAL: system.urls.core };
        return resources.use(await startSystem(shared, address, new Set(['payments'])));
      };
    });
    after(() => resources.disposeAsync());

    /** Waits until a replica, asked at its own address, says it. */
    async function says({ urls }: System, ratePerSecond: number): Promise<void> {
      const client = new Client({ gateway: urls.payments }, await system.token({ scope: 'ops' }));
      while ((await client.get(`${path}/stats`)).body.ratePerSecond !== ratePerSecond) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }

    it('is what the settings say until an operator sets it', async () => {
      const { status, body } = await operator.get(path);
      assert.equal(status, 200);
      assert.deepEqual(body, {
        ratePerSecond: 300,
        burstCapacity: 700,
        clientRatePerSecond: 0,
        clientBurstCapacity: 100,
        setBy: 'settings',
      });
    });

    it('reaches every replica, also one that starts later, and goes back to the settings', async () => {
      const replicas = [system, ...(replicated ? [await startReplica()] : [])];
      const set = await operator.send('PUT', path, { ratePerSecond: 50, clientRatePerSecond: 20 });
      assert.equal(set.status, 200);
      const { setAt, ...rest } = set.body;
      assert.ok(Math.abs(Date.parse(setAt) - Date.now()) < 60_000);
      assert.deepEqual(rest, {
        ratePerSecond: 50,
        burstCapacity: 100,
        clientRatePerSecond: 20,
        clientBurstCapacity: 100,
        setBy: 'operator',
      });
      const { body } = await operator.get(`${path}/stats`);
      assert.deepEqual([body.ratePerSecond, body.burstCapacity], [50, 100], 'here at once');
      for (const replica of replicas) await says(replica, 50);
      if (replicated) await says(await startReplica(), 50);
      assert.equal((await operator.send('DELETE', path)).body.setBy, 'settings');
      for (const replica of replicas) await says(replica, 300);
    });

    it('takes no wrong values, and none without the scope', async () => {
      for (const wrong of [
        {},
        { ratePerSecond: 0 },
        { ratePerSecond: -1 },
        { ratePerSecond: 1.5 },
        { ratePerSecond: '50' },
        { ratePerSecond: 1_000_001 },
        { ratePerSecond: 50, burstCapacity: 0 },
        { ratePerSecond: 50, clientRatePerSecond: -1 },
        { ratePerSecond: 50, burst: 10 },
        [],
        null,
      ]) {
        const answer = await operator.send('PUT', path, wrong);
        assert.equal(`${answer.status} ${answer.body.code}`, '400 invalid_request');
      }
      const stranger = await system.client({ scope: 'transfers balances accounts' });
      for (const [method, body] of [
        ['GET', undefined],
        ['PUT', { ratePerSecond: 1 }],
        ['DELETE', undefined],
      ] as const) {
        assert.equal((await stranger.send(method, path, body)).status, 403, method);
      }
      assert.equal((await operator.get(path)).body.ratePerSecond, 300);
    });

    it('stands in the audit record with who set it to what', async () => {
      const { body } = await operator.get('/ledger/audit?action=operator.ceiling');
      const records = body.items as { subject: string; details: Record<string, string> }[];
      assert.deepEqual(
        records.map(({ subject, details }) => [subject, details['ratePerSecond'] ?? details]),
        [
          ['op', { ceiling: 'settings' }],
          ['op', '50'],
        ],
      );
    });

    it('and its headers pass the gateway, and a browser may read them', async () => {
      const client = await system.client({ subject: 'ada' });
      await client.open('mint', null);
      await client.open('ada');
      await operator.send('PUT', path, {
        ratePerSecond: 100,
        clientRatePerSecond: 1,
        clientBurstCapacity: 1,
      });
      const transfer = {
        sourceAccountId: 'mint',
        destinationAccountId: 'ada',
        minor: '1',
        currency: 'EUR',
      };
      const origin = 'http://localhost:3000';
      const post = (key: string, more: Record<string, string> = {}) =>
        client.send('POST', '/payments/transfers', transfer, { 'idempotency-key': key, ...more });
      const late = await post('late', { 'request-timeout': '0' });
      assert.equal(`${late.status} ${late.body.code}`, '503 overloaded');
      assert.match(late.headers.get('retry-after')!, /^\d+$/);
      const first = await post('first', { origin });
      assert.equal(first.status, 201);
      assert.equal(first.headers.get('ratelimit-policy'), '"client";q=1;w=1');
      let refused = first;
      for (let i = 0; refused.status === 201; i += 1) refused = await post(`more-${i}`, { origin });
      assert.equal(`${refused.status} ${refused.body.code}`, '429 rate_limited');
      assert.match(refused.headers.get('ratelimit')!, /^"client";r=0;t=[12]$/);
      assert.match(refused.headers.get('retry-after')!, /^[12]$/);
      const exposed = refused.headers.get('access-control-expose-headers')!;
      for (const name of ['RateLimit', 'RateLimit-Policy', 'Retry-After']) {
        assert.ok(exposed.split(', ').includes(name), `${name}: ${exposed}`);
      }
    });
  });
}
