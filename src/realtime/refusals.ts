// How the hub refuses: an error whose text starts with a code of contracts/problems.ts, as SignalR has
// no field for it. Each refusal is counted by its reason, logged now and then, and recorded for whoever
// was refused; of a flood the record holds the number.
import { HubError, InvalidArgumentsError, type RefusalReason as HubLimit } from '@atlas/signalr';
import { ProblemError, type ProblemCode } from '../contracts/problems.ts';
import type { AuditEntry, AuditTrail } from '../platform/audit.ts';
import type { Log } from '../platform/logs.ts';
import type { Metrics } from '../platform/metrics.ts';
import { limits } from './limits.ts';

/** A limit that was met, or else the code itself. */
export type RefusalReason =
  | ProblemCode
  | HubLimit
  | 'message_too_large'
  | 'token_revoked'
  | 'pressure'
  | 'replica_connections'
  | 'user_connections'
  | 'user_messages'
  | 'user_subscriptions'
  | 'connection_subscriptions'
  | 'snapshots_full'
  | 'snapshots_late';

export class Refusal extends HubError {
  readonly code: ProblemCode;
  readonly reason: RefusalReason;

  constructor(code: ProblemCode, detail: string, reason: RefusalReason) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.reason = reason;
  }
}

export function refusal(code: ProblemCode, detail: string, reason: RefusalReason = code): Refusal {
  return new Refusal(code, detail, reason);
}

/** What a hub method threw, as words for the client; unexpected errors are reported. */
export function refusalOf(error: unknown, unexpected: (error: unknown) => void): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof InvalidArgumentsError) return refusal('invalid_request', error.issue);
  if (error instanceof ProblemError) return refusal(error.code, error.message);
  unexpected(error);
  return refusal('internal', 'The call failed; it was logged.');
}

export interface Refusals extends Disposable {
  /** `who` is missing where nobody has shown a good token. */
  count(reason: RefusalReason, who?: Omit<AuditEntry, 'action'>): void;
  /** How often something was refused for this, since the start. */
  counted(reason: RefusalReason): number;
}

interface Repeated {
  /** Since it was recorded last. */
  times: number;
  latest: AuditEntry;
}

export function createRefusals(parts: {
  readonly metrics: Metrics;
  readonly log: Log;
  readonly audit: AuditTrail;
}): Refusals {
  const { metrics, log, audit } = parts;
  const counts = new Map<RefusalReason, number>();
  metrics.totals('refusals_total', 'Refused connections and calls by reason', ['reason'], () =>
    [...counts].map(([reason, times]) => [{ reason }, times] as const),
  );
  const repeated = new Map<string, Repeated>();
  const logged = new Map<RefusalReason, number>();
  const timer = setInterval(report, limits.refusalsEveryMs).unref();

  function report(): void {
    for (const [reason, times] of logged) log.info({ reason, times }, 'hub: refused');
    logged.clear();
    for (const [key, entry] of repeated) {
      if (entry.times === 0) repeated.delete(key);
      else audit.record(timesOf(entry));
      entry.times = 0;
    }
  }

  return {
    count(reason, who) {
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
      logged.set(reason, (logged.get(reason) ?? 0) + 1);
      if (who === undefined) return;
      const entry = { ...who, action: 'hub.refuse', code: reason } as const;
      const key = `${who.tenant} ${reason} ${who.subject}`;
      const known = repeated.get(key);
      if (known !== undefined) {
        known.times += 1;
        known.latest = entry;
        return;
      }
      if (repeated.size < limits.refusalsKeptMax) repeated.set(key, { times: 0, latest: entry });
      audit.record(entry);
    },
    counted: (reason) => counts.get(reason) ?? 0,
    [Symbol.dispose]() {
      clearInterval(timer);
      report();
    },
  };
}

function timesOf({ latest, times }: Repeated): AuditEntry {
  return { ...latest, details: { ...latest.details, times: String(times) } };
}
