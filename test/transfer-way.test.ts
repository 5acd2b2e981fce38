// One transfer's whole way, as a client lives it, on embedded and on real engines alike.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import type { BalanceUpdate } from '../src/contracts/hub.ts';
import { Inbox, columns, slots, startSystem } from './system.ts';

for (const column of [...columns, slots]) {
  describe(`a transfer's way on ${column[0]}`, () => {
    it('goes from POST to the screen: acknowledged, readable, in the statement, and pushed', async () => {
      await using system = await startSystem(column);
      const client = await system.client();
      assert.equal((await client.open('mint', null)).status, 201);
      assert.equal((await client.open('mint', null)).status, 200);
      assert.equal((await client.open('mint', '0')).status, 409);
      await client.open('msisdn::2348100000001');

      const updates = new Inbox<BalanceUpdate>();
      const hub = client.hub();
      hub.on('balanceUpdate', updates.add);
      hub.on('subscriptionConfirmed', () => {});
      await hub.start();
      const first = await hub.invoke('SubscribeBalance', 'msisdn::2348100000001');
      assert.equal(first.availableMinor, '0');
      assert.equal(first.version, 0);

      const posted = await client.transfer('k1', 'mint', 'msisdn::2348100000001', '1250', {
        narration: 'first money',
        effectiveAt: '2026-01-02',
      });
      assert.equal(posted.status, 201);
      assert.equal(posted.body.status, 'posted');
      assert.deepEqual(posted.body.destination, { version: 1 });

      const balance = await client.balance('msisdn::2348100000001');
      assert.equal(balance.body.availableMinor, '1250');
      assert.equal(balance.body.version, 1);
      assert.equal(balance.headers.get('etag'), '"r1-1"');
      const unchanged = await client.get('/ledger/accounts/msisdn::2348100000001/balance', {
        'if-none-match': '"r1-1"',
      });
      assert.equal(unchanged.status, 304);

      const entries = await client.get('/ledger/accounts/msisdn::2348100000001/entries');
      assert.deepEqual(
        entries.body.items.map((entry: Record<string, unknown>) => [
          entry['entryId'],
          entry['version'],
          entry['amountMinor'],
          entry['balanceAfterMinor'],
          entry['counterpartyAccountId'],
          entry['narration'],
          entry['effectiveAt'],
        ]),
        [
          [
            posted.body.entryId,
            1,
            '1250',
            '1250',
            'mint',
            'first money',
            '2026-01-02T00:00:00.000Z',
          ],
        ],
      );

      await updates.until((items) => items.some(({ version }) => version === 1), 'version 1');
      assert.deepEqual(
        updates.items.map(({ version }) => version),
        [0, 1],
      );
      assert.equal(updates.items[1]!.availableMinor, '1250');
      assert.equal(updates.items[1]!.entryId, posted.body.entryId);
      await hub.stop();
    });

    it('moves money once for a key and returns the first answer byte for byte', async () => {
      await using system = await startSystem(column);
      const client = await system.client();
      await client.open('mint', null);
      await client.open('a');
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => client.transfer('same', 'mint', 'a', 7)),
      );
      assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
      const replay = await client.transfer('same', 'mint', 'a', '7');
      assert.equal(replay.text, answers[0]!.text);
      assert.equal(replay.headers.get('idempotency-replayed'), 'true');
      assert.equal((await client.balance('a')).body.availableMinor, '7');
      const other = await client.transfer('same', 'mint', 'a', 8);
      assert.equal(other.status, 422);
      assert.equal(other.body.code, 'idempotency_key_reused');
      const byKey = await client.get('/payments/transfers?key=same');
      assert.equal(byKey.body.entryId, answers[0]!.body.entryId);
    });

    it('posts a batch in order, each on its own, and repeats refusals', async () => {
      await using system = await startSystem(column);
      const client = await system.client();
      await client.open('mint', null);
      for (const id of ['a', 'b']) await client.open(id);
      const item = (key: string, source: string, destination: string, minor: string) => ({
        key,
        sourceAccountId: source,
        destinationAccountId: destination,
        minor,
        currency: 'EUR',
      });
      const batch = {
        transfers: [
          item('1', 'a', 'b', '5'),
          item('2', 'mint', 'a', '9007199254740993'),
          item('3', 'a', 'b', '5'),
          item('4', 'a', 'nowhere', '5'),
        ],
      };
      const answer = await client.send('POST', '/payments/transfers/batch', batch);
      assert.equal(answer.status, 200);
      const summary = (result: { status: string; problem?: { code: string } }) =>
        result.problem?.code ?? result.status;
      assert.deepEqual(answer.body.results.map(summary), [
        'insufficient_funds',
        'posted',
        'posted',
        'account_not_found',
      ]);
      assert.equal((await client.balance('a')).body.availableMinor, '9007199254740988');
      const again = await client.send('POST', '/payments/transfers/batch', batch);
      assert.deepEqual(again.body.results.map(summary), answer.body.results.map(summary));
      assert.equal((await client.balance('a')).body.version, 2);
    });

    it('pushes over MessagePack too, to every subscriber, versions only rising', async () => {
      await using system = await startSystem(column);
      const client = await system.client();
      await client.open('mint', null);
      await client.open('a');
      const inboxes = await Promise.all(
        [0, 1, 2].map(async (i) => {
          const hub = client.hub((builder) =>
            i === 0 ? builder : builder.withHubProtocol(new MessagePackHubProtocol()),
          );
          const inbox = new Inbox<BalanceUpdate>();
          hub.on('balanceUpdate', inbox.add);
          hub.on('subscriptionConfirmed', () => {});
          await hub.start();
          await hub.invoke('SubscribeMultipleBalances', ['a', 'mint']);
          return { hub, inbox };
        }),
      );
      for (let i = 1; i <= 40; i += 1) await client.transfer(`k${i}`, 'mint', 'a', 1);
      for (const { hub, inbox } of inboxes) {
        const of = (id: string) => inbox.items.filter(({ accountId }) => accountId === id);
        await inbox.until(
          () => of('a').at(-1)?.version === 40 && of('mint').at(-1)?.version === 40,
        );
        for (const id of ['a', 'mint']) {
          const versions = of(id).map(({ version }) => version);
          assert.deepEqual(
            versions,
            [...new Set(versions)].sort((x, y) => x - y),
          );
        }
        assert.equal(of('mint').at(-1)?.bookedMinor, '-40');
        await hub.stop();
      }
    });

    it("refuses strangers: no token, another tenant, another user's account", async () => {
      await using system = await startSystem(column);
      const client = await system.client();
      await client.open('mint', null);
      await client.open('a');
      const owner = await system.client({ accounts: ['a'], subject: 'ann' });
      const tenant = await system.client({ tenant: 'tnt_other' });
      const codeOf = async (answer: Promise<{ status: number; body: { code: string } }>) => {
        const { status, body } = await answer;
        return `${status} ${body.code}`;
      };
      assert.equal(await codeOf(owner.transfer('x', 'mint', 'a', 1)), '403 forbidden');
      assert.equal(await codeOf(owner.balance('mint')), '403 forbidden');
      assert.equal(await codeOf(owner.balance('nowhere')), '403 forbidden');
      assert.equal(await codeOf(tenant.balance('a')), '404 account_not_found');
      assert.equal(await codeOf(tenant.transfer('x', 'mint', 'a', 1)), '404 account_not_found');
      const hub = owner.hub();
      await hub.start();
      await assert.rejects(hub.invoke('SubscribeBalance', 'mint'), /forbidden/);
      await hub.stop();
      const bare = await fetch(`${system.urls.gateway}/ledger/accounts/a/balance`);
      assert.equal(bare.status, 401);
      for (const url of Object.values(system.urls)) {
        assert.equal((await fetch(`${url}/health/live`)).status, 200);
        assert.equal((await fetch(`${url}/health/ready`)).status, 200);
        assert.equal((await fetch(`${url}/metrics`)).status, 200);
      }
    });
  });
}
