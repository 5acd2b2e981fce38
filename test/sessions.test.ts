// Signing out, and the record of it, in a whole running Atlas.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { columns, startSystem, type Answer, type Client, type System } from './system.ts';

for (const column of columns) {
  describe(`sessions on ${column[0]}`, () => {
    let system: System;
    before(async () => {
      system = await startSystem(column);
    });
    after(() => system[Symbol.asyncDispose]());

    const tenantName = () => `tnt_${randomUUID()}`;
    /** A new token; each is a session of its own. */
    const as = (tenant: string, subject: string, scope = 'balances') =>
      system.client({ tenant, subject, scope });
    const works = async (client: Client) => (await client.get('/ledger/accounts')).status === 200;

    it('a token signs itself out everywhere, and no other token of the subject', async () => {
      const tenant = tenantName();
      const token = await system.token({ tenant, subject: 'ada' });
      const other = await as(tenant, 'ada');
      const ask = (url: string, method = 'GET') =>
        fetch(url, { method, headers: { authorization: `Bearer ${token}` } });
      const { gateway, ledger, payments, realtime, core } = system.urls;
      assert.equal((await ask(`${gateway}/sessions/current`, 'DELETE')).status, 204);
      for (const [url, method] of [
        [`${gateway}/ledger/accounts`, 'GET'],
        [`${gateway}/sessions/current`, 'DELETE'],
        [`${gateway}/ws/negotiate`, 'POST'],
        [`${ledger}/ledger/accounts`, 'GET'],
        [`${payments}/payments/transfers?key=k`, 'GET'],
        [`${realtime}/ws/info`, 'GET'],
        [`${realtime}/ws/negotiate`, 'POST'],
        [`${core}/nowhere`, 'GET'],
      ] as const) {
        const answer = await ask(url, method);
        if (url.startsWith(core)) assert.equal(answer.status, 404);
        else assert.equal(answer.status, 401, url);
      }
      assert.equal(await works(other), true);
    });

    it('an operator ends all sessions of a subject, of their own tenant only', async () => {
      const [tenant, elsewhere] = [tenantName(), tenantName()];
      const [one, two, bob, namesake] = [
        await as(tenant, 'ada|1'),
        await as(tenant, 'ada|1'),
        await as(tenant, 'bob'),
        await as(elsewhere, 'ada|1'),
      ];
      const end = (client: Client, query: string) => client.send('DELETE', `/sessions${query}`);
      const operator = await as(tenant, 'op', 'ops');
      assertProblem(await end(bob, '?subject=ada%7C1'), 403, 'forbidden');
      assertProblem(await end(operator, ''), 400, 'invalid_request');
      assertProblem(await end(operator, '?subject=a%00'), 400, 'invalid_request');
      assert.equal(await works(one), true);
      assert.equal((await end(operator, '?subject=ada%7C1')).status, 204);
      assert.equal(await works(one), false);
      assert.equal(await works(two), false);
      assert.equal(await works(bob), true);
      assert.equal(await works(namesake), true);
      // Who signs in again is let in, a second later at the latest.
      while (!(await works(await as(tenant, 'ada|1'))));
    });

    it('the record tells of it, to operators of the tenant, by every filter and in pages', async () => {
      const [tenant, elsewhere] = [tenantName(), tenantName()];
      const operator = await as(tenant, 'op', 'ops');
      const startedAt = new Date().toISOString();
      for (const subject of ['ada', 'bob', 'cy']) {
        await operator.send('DELETE', `/sessions?subject=${subject}`, undefined, {
          'user-agent': `test/${subject}`,
        });
      }
      const read = async (query = '', client = operator): Promise<Record<string, unknown>[]> => {
        const answer = await client.get(`/ledger/audit${query}`);
        assert.equal(answer.status, 200, answer.text);
        return answer.body.items;
      };
      const ended = async (query = '', client = operator) =>
        (await read(`?action=session.revoke${query}`, client)).map(
          ({ details }) => (details as { subject: string }).subject,
        );
      assert.deepEqual(await ended(), ['cy', 'bob', 'ada']);
      assert.deepEqual(await ended(`&subject=op&from=${startedAt}`), ['cy', 'bob', 'ada']);
      for (const none of [`&subject=ada`, `&to=${startedAt}`, '&code=x', '&accountId=a']) {
        assert.deepEqual(await ended(none), [], none);
      }
      const [first, second] = await read('?action=session.revoke');
      assert.deepEqual(
        [first!['subject'], first!['userAgent'], first!['code'], first!['accountIds']],
        ['op', 'test/cy', null, []],
      );
      assert.match(String(first!['address']), /127\.0\.0\.1/);
      const to = encodeURIComponent(String(first!['at']));
      if (first!['at'] !== second!['at'])
        assert.deepEqual(await ended(`&to=${to}`), ['bob', 'ada']);

      const page = (await operator.get('/ledger/audit?action=session.revoke&limit=2')).body;
      assert.equal(page.items.length, 2);
      const rest = `?action=session.revoke&limit=2&cursor=${page.nextCursor}`;
      const { items, nextCursor } = (await operator.get(`/ledger/audit${rest}`)).body;
      assert.deepEqual([items.length, nextCursor], [1, null]);

      assert.deepEqual(await ended('', await as(elsewhere, 'op', 'ops')), []);
      const everything = 'transfers balances accounts';
      assertProblem(
        await (await as(tenant, 'dee', everything)).get('/ledger/audit'),
        403,
        'forbidden',
      );
      for (const wrong of ['?from=yesterday', '?cursor=x', '?limit=0', '?action=x', '?more=1']) {
        assertProblem(await operator.get(`/ledger/audit${wrong}`), 400, 'invalid_request');
      }
      // Reading the record is recorded too, a moment later.
      while ((await read('?action=audit.read&subject=op')).length < 5);
      const text = JSON.stringify(await read('?limit=200'));
      assert.doesNotMatch(text, /eyJ|Bearer/);
    });
  });
}

function assertProblem(answer: Answer, status: number, code: string): void {
  assert.deepEqual([answer.status, answer.body?.code], [status, code], answer.text);
}
