// What payments tells of transfers afterwards: the list with its filters, and the timeline of each.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { embeddedFolder } from './embedded-folder.ts';
import {
  columns,
  realEngines,
  startSystem,
  type Client,
  type Column,
  type Environment,
  type System,
} from './system.ts';

interface Stage {
  stage: string;
  status: string;
  reason?: string;
  offsetMs?: number;
  deliveries?: number;
  node?: string;
}

for (const column of columns) {
  suite(`transfers afterwards on ${column[0]}`, () => {
    let system: System;
    let client: Client;
    before(async () => {
      system = await startSystem(column);
      client = await system.client();
      await client.open('mint', null);
      for (const accountId of ['ada', 'bob', 'eve']) await client.open(accountId);
    });
    after(() => system[Symbol.asyncDispose]());

    const keysOf = async (query: string, who = client) => {
      const { status, body } = await who.get(`/payments/transfers${query}`);
      assert.equal(status, 200, JSON.stringify(body));
      return body.items.map(({ key }: { key: string }) => key);
    };
    const timelineOf = async (entryId: string) => {
      const { status, body } = await client.get(`/payments/transfers/${entryId}/timeline`);
      assert.equal(status, 200, JSON.stringify(body));
      return body.stages as Stage[];
    };

    test('the list has what was posted and what was refused, newest first', async () => {
      await client.transfer('salary', 'mint', 'ada', '5000', { narration: 'November salary' });
      await client.transfer('rent', 'ada', 'bob', '900', { narration: 'Rent' });
      await client.transfer('too-much', 'ada', 'bob', '90000');
      assert.deepEqual(await keysOf(''), ['too-much', 'rent', 'salary']);
      assert.deepEqual(await keysOf('?state=refused'), ['too-much']);
      assert.deepEqual(await keysOf('?account=mint'), ['salary']);
      assert.deepEqual(await keysOf('?narration=SALARY'), ['salary']);
      assert.deepEqual(await keysOf('?minMinor=900&maxMinor=5000'), ['rent', 'salary']);
      const [refused] = (await client.get('/payments/transfers?limit=1')).body.items;
      assert.equal(refused.problem.code, 'insufficient_funds');
    });

    test('pages follow each other, and what is posted meanwhile shifts nothing', async () => {
      const first = (await client.get('/payments/transfers?limit=2')).body;
      await client.transfer('meanwhile', 'mint', 'eve', '1');
      const second = (await client.get(`/payments/transfers?cursor=${first.nextCursor}`)).body;
      const keys = [...first.items, ...second.items].map(({ key }: { key: string }) => key);
      assert.deepEqual(keys, ['too-much', 'rent', 'salary']);
      assert.equal(second.nextCursor, null);
    });

    test('a phone sees what touches its accounts and nothing else', async () => {
      const bob = await system.client({ accounts: ['bob'], scope: 'transfers' });
      assert.deepEqual(await keysOf('', bob), ['rent']);
      assert.equal((await bob.get('/payments/transfers?account=ada')).status, 403);
      const ada = await system.client({ accounts: ['ada'], scope: 'transfers' });
      assert.deepEqual(await keysOf('', ada), ['too-much', 'rent', 'salary']);
      const stranger = await system.client({ tenant: 'tnt_other' });
      assert.deepEqual(await keysOf('', stranger), []);
    });

    test('the timeline of a transfer is what its way has measured', async () => {
      const hub = client.hub();
      const seen = Promise.withResolvers<void>();
      hub.on('balanceUpdate', ({ entryId }) => {
        if (entryId !== null) seen.resolve();
      });
      await hub.start();
      await hub.invoke('SubscribeBalance', 'eve');
      const { entryId } = (await client.transfer('watched', 'mint', 'eve', '5')).body;
      await seen.promise;
      let stages = await timelineOf(entryId);
      // The hub may have heard of it before its publisher has.
      while (stages.some(({ status }) => status === 'missing')) stages = await timelineOf(entryId);
      assert.deepEqual(
        stages.map(({ stage }) => stage),
        ['admitted', 'committed', 'cached', 'published', 'delivered'],
      );
      const [admitted, committed, cached, published, delivered] = stages.map(
        ({ offsetMs }) => offsetMs!,
      ) as [number, number, number, number, number];
      assert.equal(admitted, 0);
      assert.ok(committed >= 0 && cached >= committed && published >= committed);
      assert.ok(delivered >= committed);
      assert.equal(stages[4]!.deliveries, 1);
      assert.equal(typeof stages[4]!.node, 'string');
      await hub.stop();
    });

    test('a stage that has not happened is said to be missing, and why', async () => {
      const { entryId } = (await client.transfer('unwatched', 'mint', 'bob', '5')).body;
      const delivered = (await timelineOf(entryId)).at(-1)!;
      assert.deepEqual(delivered, {
        stage: 'delivered',
        status: 'missing',
        reason: 'not_measured',
      });
      const stranger = await system.client({ accounts: ['ada'] });
      const path = `/payments/transfers/${entryId}/timeline`;
      assert.equal((await stranger.get(path)).status, 403);
      const nobody = '00000000-0000-7000-8000-000000000000';
      assert.equal((await client.get(`/payments/transfers/${nobody}/timeline`)).status, 404);
    });
  });
}

suite('transfers afterwards, of roles in processes of their own', () => {
  const resources = new AsyncDisposableStack();
  let client: Client;
  before(async () => {
    const engines: Environment = await realEngines(resources);
    engines['ATLAS_DATA'] = resources.use(await embeddedFolder()).folder;
    const shared: Column = ['apart', () => Promise.resolve(engines)];
    const book = resources.use(await startSystem(shared, {}, new Set(['core', 'ledger'])));
    const addresses = { LEDGER_INTERNAL: book.urls.core, LEDGER_URL: book.urls.ledger };
    const payments = resources.use(await startSystem(shared, addresses, new Set(['payments'])));
    const front = resources.use(
      await startSystem(
        shared,
        { ...addresses, PAYMENTS_URL: payments.urls.payments },
        new Set(['realtime', 'gateway']),
      ),
    );
    client = await front.client();
    await client.open('mint', null);
    await client.open('ada');
  });
  after(() => resources.disposeAsync());

  test('a list comes from the ledger, with exact amounts', async () => {
    const minor = '9007199254740993';
    await client.transfer('large', 'mint', 'ada', minor, { narration: 'large' });
    const { body } = await client.get(`/payments/transfers?account=ada&minor=${minor}`);
    assert.deepEqual(
      body.items.map((item: { key: string; minor: string }) => [item.key, item.minor]),
      [['large', minor]],
    );
  });

  test('a timeline is put together from the processes that the transfer passed', async () => {
    const hub = client.hub();
    hub.on('balanceUpdate', () => {});
    await hub.start();
    await hub.invoke('SubscribeBalance', 'ada');
    const { entryId } = (await client.transfer('passed', 'mint', 'ada', '5')).body;
    let stages: Stage[];
    do {
      const answer = await client.get(`/payments/transfers/${entryId}/timeline`);
      stages = answer.body.stages as Stage[];
    } while (stages.some(({ status }) => status === 'missing'));
    const [admitted, committed, cached, published, delivered] = stages.map(({ node }) => node);
    assert.equal(new Set([admitted, committed, delivered]).size, 3, 'three processes');
    assert.deepEqual([cached, published], [committed, committed]);
    await hub.stop();
  });
});
