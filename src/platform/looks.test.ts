import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditEntry, AuditTrail } from './audit.ts';
import { againAfterMs, createLooks } from './looks.ts';

test('the same question of the same session is taken down once a minute, any other at once', () => {
  const taken: AuditEntry[] = [];
  const clock = { nowMs: 0 };
  const audit = { record: (entry: AuditEntry) => void taken.push(entry) } as AuditTrail;
  const look = createLooks(audit, () => clock.nowMs);
  const entry = { tenant: 't', subject: 'op', session: 's', action: 'audit.read' } as const;
  look(entry);
  look(entry);
  clock.nowMs = againAfterMs - 1;
  look({ ...entry });
  assert.equal(taken.length, 1);
  look({ ...entry, details: { subject: 'ada' } });
  look({ ...entry, session: 'other' });
  look({ ...entry, tenant: 'u' });
  assert.equal(taken.length, 4);
  clock.nowMs = againAfterMs;
  look(entry);
  assert.equal(taken.length, 5);
});
