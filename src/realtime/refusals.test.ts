import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditEntry, AuditTrail } from '../platform/audit.ts';
import { createLog } from '../platform/logs.ts';
import { createMetrics } from '../platform/metrics.ts';
import { createRefusals } from './refusals.ts';

test('of many refusals each is counted, a line a reason is logged, and who was refused is recorded', async () => {
  const lines: unknown[] = [];
  const log = createLog('test', 'silent');
  log.info = (fields: unknown) => void lines.push(fields);
  const recorded: AuditEntry[] = [];
  const record = (entry: AuditEntry) => void recorded.push(entry);
  const metrics = createMetrics('test');
  const refusals = createRefusals({ metrics, log, audit: { record } as AuditTrail });
  const ada = { tenant: 'tnt_demo', subject: 'ada' };
  for (let i = 0; i < 1_000; i += 1) refusals.count('user_messages', ada);
  refusals.count('user_messages', { ...ada, tenant: 'tnt_other' });
  refusals.count('unauthenticated');
  assert.deepEqual(lines, []);
  refusals[Symbol.dispose]();
  assert.deepEqual(lines, [
    { reason: 'user_messages', times: 1_001 },
    { reason: 'unauthenticated', times: 1 },
  ]);
  assert.deepEqual(
    recorded.map(({ tenant, code, details }) => [tenant, code, details?.['times']]),
    [
      ['tnt_demo', 'user_messages', undefined],
      ['tnt_other', 'user_messages', undefined],
      ['tnt_demo', 'user_messages', '999'],
    ],
  );
  const text = await metrics.registry.metrics();
  assert.match(text, /^atlas_test_refusals_total\{reason="user_messages"\} 1001$/m);
  assert.doesNotMatch(text, /tnt_|ada/);
});
