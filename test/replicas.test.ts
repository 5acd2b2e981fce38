// Two replicas of the realtime role on real engines: what is done at one of them reaches the clients of
// the other, and an operator at the gateway sees both.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { HubConnection } from '@microsoft/signalr';
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

for (const column of columns) {
  const replicated = column[1] === realEngines;
  describe(`the hub’s operators on ${column[0]}`, () => {
    const resources = new AsyncDisposableStack();
    let system: System;
    let other: System;

    before(async () => {
      const engines: Environment = await column[1](resources);
      engines['ATLAS_DATA'] ??= resources.use(await embeddedFolder()).folder;
      const shared: Column = [column[0], () => Promise.resolve(engines)];
      system = resources.use(await startSystem(shared));
      other = system;
      if (!replicated) return;
      const addresses = { LEDGER_INTERNAL: system.urls.core, LEDGER_URL: system.urls.ledger };
      other = resources.use(await startSystem(shared, addresses, new Set(['realtime'])));
    });
    after(() => resources.disposeAsync());

    /** A client of a replica's own address, connected. */
    async function connect({ urls }: System, token: string) {
      const hub = new Client({ gateway: urls.realtime }, token).hub();
      hub.on('balanceUpdate', () => {});
      hub.on('subscriptionConfirmed', () => {});
      const closed = new Promise<Error | undefined>((resolve) => {
        hub.onclose(resolve);
      });
      await hub.start();
      return { hub, closed };
    }

    async function ended({
      hub,
      closed,
    }: {
      hub: HubConnection;
      closed: Promise<Error | undefined>;
    }) {
      const error = await closed;
      await hub.stop();
      return error?.message ?? '';
    }

    it('a sign-out closes the session’s sockets on each of them within seconds', async () => {
      const token = await system.token({ subject: 'ada' });
      const sockets = [await connect(system, token), await connect(other, token)];
      const bystander = await connect(other, await system.token({ subject: 'ada' }));
      const startedAt = performance.now();
      const client = new Client(system.urls, token);
      assert.equal((await client.send('DELETE', '/sessions/current')).status, 204);
      for (const socket of sockets) assert.match(await ended(socket), /token_revoked/);
      assert.ok(performance.now() - startedAt < 3_000);
      assert.equal(bystander.hub.state, 'Connected');
      await bystander.hub.stop();
      await assert.rejects(connect(other, token), /401/);
    });

    it('an operator sees who is connected to what, ends one, and finds it all in the record', async () => {
      const operator = await system.client({ subject: 'op' });
      await operator.open('watched');
      const token = await system.token({ subject: 'bob' });
      const [here, there] = [await connect(system, token), await connect(other, token)];
      await there.hub.invoke('SubscribeBalance', 'watched');
      let nodes;
      do nodes = (await operator.get('/ws/nodes')).body;
      while (nodes.items.length < (replicated ? 2 : 1));
      assert.deepEqual(nodes.unanswered, []);
      const { body } = await operator.get('/ws/connections?subject=bob');
      assert.equal(body.total, 2);
      const found = (await operator.get('/ws/connections?accountId=watched')).body;
      assert.deepEqual([found.total, found.items[0].subscriptions], [1, ['watched']]);

      const id = there.hub.connectionId!;
      assert.equal(found.items[0].connectionId, id);
      assert.equal((await operator.send('DELETE', `/ws/connections/${id}`)).status, 204);
      assert.match(await ended(there), /closed_by_operator/);
      assert.equal(here.hub.state, 'Connected');
      await here.hub.stop();

      const told = async (query: string) =>
        (await operator.get(`/ledger/audit?${query}`)).body.items.map(
          (item: { action: string; code: string | null }) => `${item.action} ${item.code}`,
        );
      const own = 'hub.close closed_by_operator';
      while (!(await told('subject=bob')).includes(own));
      assert.deepEqual(await told('subject=bob&accountId=watched'), ['hub.subscribe null']);
      // The other replica hands on its records a moment later.
      while ((await told('subject=bob&action=hub.connect')).length < 2);
      while ((await told('subject=op&action=operator.disconnect')).length === 0);
    });
  });
}
