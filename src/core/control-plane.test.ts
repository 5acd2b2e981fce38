import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { v7 as uuidv7 } from 'uuid';
import { books, type Book } from '../../test/books.ts';
import {
  auditIdAt,
  type AuditRecord,
  type ControlPlane,
  type Revocation,
} from '../contracts/control.ts';
import { createApp, listen } from '../platform/http.ts';
import { createLog } from '../platform/logs.ts';
import { testContext, testGuards } from '../platform/testing.ts';
import { addControlApi } from './control-api.ts';
import { createControlPlane, type RunningControlPlane } from './control-plane.ts';
import { connectControlPlane } from './remote-control.ts';

const guards = testGuards();
const secret = 'a-secret-between-roles-of-32-characters';
const dayMs = 86_400_000;

for (const [engine, openBook] of books) {
  describe(`the control plane on ${engine}`, () => {
    const resources = new AsyncDisposableStack();
    let book: Book;
    let local: RunningControlPlane;
    let remote: ControlPlane;

    before(async () => {
      book = resources.use(await openBook());
      const log = createLog('core', 'silent');
      local = resources.use(createControlPlane({ database: book.database, auditDays: 30, log }));
      const { context } = resources.use(await testContext());
      const app = await createApp({
        role: 'core',
        ...context.forRole('core'),
        verifier: context.verifier,
        corsOrigins: [],
        health: {},
      });
      addControlApi(app, local, secret);
      const server = resources.use(
        await listen(app, { host: '127.0.0.1', port: 0, drainMs: 1_000 }),
      );
      remote = resources.use(connectControlPlane({ url: server.url, secret, guards }));
    });
    after(() => resources.disposeAsync());

    it('tells each revocation once, in the same process and in others', async () => {
      const { cursor } = await local.news(0);
      const revocation = revocationOf({ session: 's1' });
      await remote.revoke(revocation, recordOf());
      const news = await local.news(cursor);
      assert.deepEqual(news.revocations, [revocation]);
      assert.deepEqual(await remote.news(cursor), news);
      assert.deepEqual((await remote.news(news.cursor)).revocations, []);
      const [row] = await book.database.query('select action from audit');
      assert.deepEqual(row, { action: 'session.revoke' });
    });

    it('tells everybody the last order of a ceiling, which is stored with its record', async () => {
      const ceiling = { ratePerSecond: 50, burst: 100, clientRatePerSecond: 0, clientBurst: 10 };
      assert.equal((await local.news(0)).ceiling, null);
      const record = recordOf();
      const order = await remote.orderCeiling(ceiling, { ...record, action: 'operator.ceiling' });
      assert.deepEqual(order.ceiling, ceiling);
      assert.deepEqual((await local.news(0)).ceiling, order);
      assert.deepEqual((await remote.news(0)).ceiling, order);
      const next = await local.orderCeiling(null, recordOf());
      assert.ok(next.revision > order.revision);
      assert.deepEqual((await remote.news(0)).ceiling, next);
      assert.equal(next.ceiling, null);
      const rows = await book.database.query('select from audit where id = $1', [record.id]);
      assert.equal(rows.length, 1);
    });

    it('tells of a subject again when more of its tokens are revoked, and of none that is over', async () => {
      const bob = (revokedAtMs: number) => revocationOf({ subject: 'bob', revokedAtMs });
      const past = revocationOf({ subject: 'past', expiresAtMs: Date.now() - 1 });
      const [first, second] = [bob(1_000), bob(2_000)];
      let { cursor } = await local.news(0);
      for (const [made, told] of [
        [first, [first]],
        [second, [second]],
        [past, []],
        // What is in force already stays so.
        [first, [second]],
      ] as const) {
        await local.revoke(made, recordOf());
        const news = await local.news(cursor);
        assert.deepEqual(
          news.revocations.map(({ subject, revokedAtMs }) => [subject, revokedAtMs]),
          told.map(({ subject, revokedAtMs }) => [subject, revokedAtMs]),
        );
        ({ cursor } = news);
      }
    });

    it('misses none of many that are made at the same time', async () => {
      let { cursor } = await local.news(0);
      const heard = new Set<string>();
      const making = Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          local.revoke(revocationOf({ session: `many-${i}` }), recordOf()),
        ),
      );
      let made = false;
      void making.then(() => {
        made = true;
      });
      for (let last = false; !last;) {
        last = made;
        const news = await local.news(cursor);
        for (const { session } of news.revocations) heard.add(session!);
        cursor = news.cursor;
      }
      await making;
      assert.equal(heard.size, 50);
    });

    it('knows the nodes of a role that were heard of lately', async () => {
      const node = {
        id: 'one',
        role: 'realtime',
        url: 'http://10.0.0.1:5851',
        version: '1',
        startedAt: '2026-11-25T00:00:00.000Z',
      };
      await remote.news(0, [node]);
      await local.news(0, [
        { ...node, id: 'two' },
        { ...node, id: 'two', role: 'ledger' },
      ]);
      const ids = async () => (await remote.nodes('realtime')).map(({ id }) => id);
      assert.deepEqual(await ids(), ['one', 'two']);
      assert.deepEqual((await local.nodes('realtime'))[0], node);
      await book.database.query(
        `update nodes set seen_at = now() - interval '6 s' where id = 'one'`,
      );
      assert.deepEqual(await ids(), ['two']);
      const seen = (await remote.seenNodes()).map(({ id, role, silentMs }) => ({
        node: `${id} ${role}`,
        silent: silentMs > 5_000,
      }));
      assert.deepEqual(seen, [
        { node: 'one realtime', silent: true },
        { node: 'two ledger', silent: false },
        { node: 'two realtime', silent: false },
      ]);
      await local.keepHouse();
      assert.equal((await local.seenNodes()).length, 3);
      await book.database.query(
        `update nodes set seen_at = now() - interval '61 min' where id = 'one'`,
      );
      await local.keepHouse();
      assert.equal((await local.seenNodes()).length, 2);
    });

    it('stores a record once, however often it is sent, and never changes one', async () => {
      const full = recordOf({
        subject: 'once',
        session: 's',
        code: 'forbidden',
        accountIds: ['a,b', 'c"d'],
        connectionId: 'c1',
        address: '10.0.0.1',
        userAgent: 'test',
        details: { note: 'Ünïcode 👋' },
      });
      await remote.append([full, recordOf({ subject: 'once' })]);
      await local.append([full]);
      const rows = await book.database.query<Record<string, unknown>>(
        `select id, account_ids, details, session from audit where subject = 'once' order by id`,
      );
      assert.equal(rows.length, 2);
      const [{ account_ids, details, session }] = rows as [Record<string, unknown>];
      assert.deepEqual([account_ids, details, session], [full.accountIds, full.details, 's']);
      await assert.rejects(
        book.database.query(`update audit set subject = 'other'`),
        /the audit record is append-only/,
      );
    });

    it('forgets what has had its time, and nothing else', async () => {
      const old = Date.now() - 30 * dayMs;
      const aged = (atMs: number) =>
        recordOf({
          id: uuidv7({ msecs: atMs }),
          at: new Date(atMs).toISOString(),
          subject: 'aged',
        });
      await local.append([aged(old - 1_000), aged(old + 60_000)]);
      await local.keepHouse();
      const rows = await book.database.query<{ at: Date }>(
        `select at from audit where subject = 'aged'`,
      );
      assert.deepEqual(
        rows.map(({ at }) => at.getTime()),
        [old + 60_000],
      );
      const [left] = await book.database.query(
        `select count(*)::int as rows from revocations where expires_at < now()`,
      );
      assert.deepEqual(left, { rows: 0 });
    });

    it('is for roles that know the secret', async () => {
      const stranger = connectControlPlane({ url: 'http://127.0.0.1:1', secret, guards });
      await assert.rejects(stranger.news(0), { code: 'unavailable' });
    });
  });
}

it('an id of a time is below all ids of that millisecond and above those before', () => {
  const atMs = 1_800_000_000_123;
  assert.ok(auditIdAt(atMs) <= uuidv7({ msecs: atMs }));
  assert.ok(auditIdAt(atMs) > uuidv7({ msecs: atMs - 1 }));
});

function revocationOf(more: Partial<Revocation> = {}): Revocation {
  const nowMs = Date.now();
  return {
    tenant: 'tnt_demo',
    subject: 'ada',
    session: null,
    revokedAtMs: nowMs,
    expiresAtMs: nowMs + dayMs,
    ...more,
  };
}

function recordOf(more: Partial<AuditRecord> = {}): AuditRecord {
  return {
    id: uuidv7(),
    at: new Date().toISOString(),
    tenant: 'tnt_demo',
    subject: 'operator',
    action: 'session.revoke',
    node: 'node-1',
    ...more,
  };
}
