// The audit record as the ledger reads it.
import { auditIdAt, type AuditAction } from '../contracts/control.ts';
import type { Database, Statement } from '../engines/database.ts';
import type { ReadGuards } from './read-guards.ts';

export interface AuditQuery {
  readonly tenant: string;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** Only records below this id. */
  readonly before: string | undefined;
  readonly subject?: string;
  readonly accountId?: string;
  readonly action?: string;
  readonly code?: string;
  readonly limit: number;
}

export interface StoredRecord {
  readonly id: string;
  readonly at: string;
  readonly action: AuditAction;
  readonly code: string | null;
  readonly subject: string;
  readonly session: string | null;
  readonly accountIds: string[];
  readonly connectionId: string | null;
  readonly node: string;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly details: Record<string, string>;
}

export interface AuditBook {
  /** Newest first. @throws ProblemError `unavailable`, `overloaded` */
  find(query: AuditQuery, caller: AbortSignal): Promise<StoredRecord[]>;
}

export function createAuditBook(database: Database, guards: Pick<ReadGuards, 'audit'>): AuditBook {
  return {
    async find(query, caller) {
      const [statement, values] = selectAudit(query);
      const rows = await guards.audit.run(
        (signal) => database.query<AuditRow>(statement, values, signal),
        caller,
      );
      return rows.map(recordOf);
    },
  };
}

/** A statement for each set of filters, so that each is planned for the indexes that serve it. */
function selectAudit(query: AuditQuery): [Statement, unknown[]] {
  const { tenant, fromMs, toMs, before, accountId, limit } = query;
  const values: unknown[] = [tenant, limit];
  const used: string[] = [];
  const where = (name: string, value: string | undefined, condition: string) => {
    if (value === undefined) return '';
    values.push(value);
    used.push(name);
    return ` and ${condition.replace('?', `$${values.length}`)}`;
  };
  const conditions = [
    where('from', fromMs === undefined ? undefined : auditIdAt(fromMs), 'id >= ?::uuid'),
    where('to', toMs === undefined ? undefined : auditIdAt(toMs), 'id < ?::uuid'),
    where('before', before, 'id < ?::uuid'),
    where('subject', query.subject, 'subject = ?'),
    where('account', accountId, 'account_ids is not null and account_ids @> array[?]'),
    where('action', query.action, 'action = ?'),
    where('code', query.code, 'code = ?'),
  ];
  const text = `
    select id, at, action, code, subject, session, account_ids, connection_id, node, address,
           user_agent, details
      from audit where tenant = $1${conditions.join('')}
     order by id desc limit $2`;
  return [{ name: ['ledger-audit', ...used].join('-'), text }, values];
}

interface AuditRow {
  id: string;
  at: Date;
  action: AuditAction;
  code: string | null;
  subject: string;
  session: string | null;
  account_ids: string[] | null;
  connection_id: string | null;
  node: string;
  address: string | null;
  user_agent: string | null;
  details: Record<string, string> | null;
}

function recordOf(row: AuditRow): StoredRecord {
  return {
    id: row.id,
    at: row.at.toISOString(),
    action: row.action,
    code: row.code,
    subject: row.subject,
    session: row.session,
    accountIds: row.account_ids ?? [],
    connectionId: row.connection_id,
    node: row.node,
    address: row.address,
    userAgent: row.user_agent,
    details: row.details ?? {},
  };
}
