import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditBatchMax, type AuditRecord } from '../contracts/control.ts';
import { ProblemError } from '../contracts/problems.ts';
import { AuditQueue } from './audit.ts';
import { createLog } from './logs.ts';

const entry = { tenant: 'tnt_demo', subject: 'ada', action: 'hub.connect' } as const;

/** A queue before a core that can be held up or away. */
function fixture(recordsMax = 10_000) {
  const batches: (readonly AuditRecord[])[] = [];
  const core = {
    batches,
    failure: undefined as Error | undefined,
    called: Promise.withResolvers<void>(),
    get records() {
      return batches.flat();
    },
  };
  const errors: unknown[] = [];
  const log = createLog('test', 'silent');
  log.error = (fields: unknown) => void errors.push(fields);
  const queue = new AuditQueue({
    node: 'node-1',
    recordsMax,
    log,
    async append(records) {
      core.called.resolve();
      if (core.failure !== undefined) throw core.failure;
      batches.push(records);
    },
  });
  return { core, queue, errors };
}

test('records go to the core in batches, in order, each with an id, a time and the node', async () => {
  const { core, queue } = fixture();
  for (let i = 0; i < auditBatchMax * 2 + 1; i += 1) queue.record({ ...entry, code: String(i) });
  await queue.close(5_000);
  assert.deepEqual(
    core.batches.map(({ length }) => length),
    [auditBatchMax, auditBatchMax, 1],
  );
  assert.deepEqual(
    core.records.map(({ code }) => Number(code)),
    core.records.map((_, i) => i),
  );
  const ids = core.records.map(({ id }) => id);
  assert.deepEqual(ids, ids.toSorted());
  assert.equal(core.records[0]!.node, 'node-1');
  assert.ok(Math.abs(Date.parse(core.records[0]!.at) - Date.now()) < 10_000);
  assert.deepEqual(queue.counts, { stored: ids.length, dropped: 0 });
});

test('while the core is away records are kept, then stored in their order', async () => {
  const { core, queue } = fixture();
  core.failure = new ProblemError('unavailable', 'The core is away.');
  queue.record({ ...entry, code: 'first' });
  await core.called.promise;
  queue.record({ ...entry, code: 'second' });
  core.failure = undefined;
  await queue.close(5_000);
  assert.deepEqual(
    core.records.map(({ code }) => code),
    ['first', 'second'],
  );
});

test('beyond the limit records are dropped, counted, and an error says so once', async () => {
  const { core, queue, errors } = fixture(3);
  core.failure = new ProblemError('unavailable', 'The core is away.');
  for (let i = 0; i < 10; i += 1) queue.record(entry);
  assert.equal(queue.waiting, 3);
  assert.equal(queue.counts.dropped, 7);
  assert.deepEqual(errors, [{ dropped: 1, reason: 'the queue is full' }]);
  await queue.close(0);
  assert.equal(queue.counts.dropped, 10);
});

test('what the core refuses is dropped and counted, and what follows is stored', async () => {
  const { core, queue } = fixture();
  core.failure = new Error('a record that no database takes');
  queue.record(entry);
  while (queue.counts.dropped === 0) await new Promise((resolve) => setImmediate(resolve));
  core.failure = undefined;
  queue.record({ ...entry, code: 'next' });
  await queue.close(5_000);
  assert.deepEqual(
    core.records.map(({ code }) => code),
    ['next'],
  );
});

test('text is such as a database takes, and bounded', () => {
  const { queue } = fixture();
  const record = queue.recordOf({
    ...entry,
    subject: 'a\0b\ud800',
    userAgent: 'x'.repeat(10_000),
    details: { note: '\n' },
  });
  assert.equal(record.subject, 'a\uFFFDb\uFFFD');
  assert.equal(record.userAgent!.length, 512);
  assert.deepEqual(record.details, { note: '\uFFFD' });
});
