// A page that shows something live asks for it every few seconds, and all of that is one look: the same
// question of the same session is taken down once a minute. Otherwise the record would fill with those
// who watch it, and a page that watches the record with itself.
import type { AuditEntry, AuditTrail } from './audit.ts';

export const againAfterMs = 60_000;
/** Questions that are remembered; beyond them the oldest is taken down again. */
const questionsMax = 10_000;

/** Records what somebody looked at. */
export type RecordLook = (entry: AuditEntry) => void;

export function createLooks(audit: AuditTrail, nowMs: () => number = Date.now): RecordLook {
  const takenDownMs = new Map<string, number>();
  return (entry) => {
    const { tenant, subject, session, action, details } = entry;
    const question = JSON.stringify([tenant, subject, session, action, details]);
    const now = nowMs();
    if (now - (takenDownMs.get(question) ?? Number.NEGATIVE_INFINITY) < againAfterMs) return;
    takenDownMs.delete(question);
    takenDownMs.set(question, now);
    if (takenDownMs.size > questionsMax) takenDownMs.delete(takenDownMs.keys().next().value!);
    audit.record(entry);
  };
}
