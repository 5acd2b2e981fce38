// What the processes of one Atlas share through the core beside money: whose tokens are revoked, which
// nodes there are, how much may be admitted, and the record of who did what. Two implementations: the core itself in the same
// process (core/control-plane.ts) and its HTTP client (core/remote-control.ts) at LEDGER_INTERNAL.

/** Tokens that are refused though they have not ended. */
export interface Revocation {
  readonly tenant: string;
  readonly subject: string;
  /** One session; null: all of the subject's, by tokens issued up to `revokedAtMs`. */
  readonly session: string | null;
  readonly revokedAtMs: number;
  /** No token that this concerns is good any longer. */
  readonly expiresAtMs: number;
}

/** A replica of a role, and where others may call it. */
export interface Node {
  /** Of the process: its roles share it. */
  readonly id: string;
  readonly role: string;
  /** Where the other nodes reach it. */
  readonly url: string;
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** A replica that was heard of within the last hour; it may be gone. */
export interface SeenNode extends Node {
  /** Since it was heard of last. */
  readonly silentMs: number;
}

/** Roles of one process. */
export const rolesPerProcessMax = 16;

/** What may be recorded; a part of the platform names its own. */
export const auditActions = [
  'hub.connect',
  'hub.subscribe',
  'hub.unsubscribe',
  'hub.renew',
  'hub.refuse',
  'hub.close',
  'session.revoke',
  'operator.nodes',
  'operator.connections',
  'operator.disconnect',
  'operator.ceiling',
  'operator.load',
  'audit.read',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** Who did what, from where, and how it ended. No token and no secret may stand in it. */
export interface AuditRecord {
  /** UUID v7, made by the writer: a record that is sent twice is stored once. */
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly tenant: string;
  readonly subject: string;
  readonly session?: string | undefined;
  readonly action: AuditAction;
  /** Why: a stable code of a refusal or an end. */
  readonly code?: string | undefined;
  readonly accountIds?: readonly string[] | undefined;
  readonly connectionId?: string | undefined;
  /** The process where it happened. */
  readonly node: string;
  /** Addresses on the way here; the last is the one that we saw, those before it are claims. */
  readonly address?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly details?: Readonly<Record<string, string>> | undefined;
}

/** The lowest id that a record of this millisecond may have: ids are in the order of time. */
export function auditIdAt(ms: number): string {
  const hex = Math.max(0, Math.min(ms, 2 ** 48 - 1))
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** The most records in one call. */
export const auditBatchMax = 500;
/** The most revocations in one answer; the next call brings more. */
export const revocationsPageMax = 1_000;

/** How much each payments replica admits; or all of them together, where they share. */
export interface Ceiling {
  readonly ratePerSecond: number;
  readonly burst: number;
  /** Of one client; 0: no quota. */
  readonly clientRatePerSecond: number;
  readonly clientBurst: number;
}

/** What an operator has ordered last. */
export interface CeilingOrder {
  /** Rises with each order. */
  readonly revision: number;
  /** Null: what each replica's settings say. */
  readonly ceiling: Ceiling | null;
  /** ISO 8601. */
  readonly orderedAt: string;
}

export interface News {
  /** Oldest first. */
  readonly revocations: readonly Revocation[];
  /** Null: none was ever ordered. */
  readonly ceiling: CeilingOrder | null;
  /** What to ask after next time. */
  readonly cursor: number;
}

export interface ControlPlane {
  /**
   * Durable together with its record when it resolves.
   * @throws ProblemError `overloaded` when the tenant has too many, `unavailable` when it is unknown.
   */
  revoke(revocation: Revocation, record: AuditRecord): Promise<void>;
  /** Revocations after `cursor` (0: from the beginning); `nodes` are thereby known to be there. */
  news(cursor: number, nodes?: readonly Node[]): Promise<News>;
  /** Durable together with its record when it resolves. */
  orderCeiling(ceiling: Ceiling | null, record: AuditRecord): Promise<CeilingOrder>;
  /** Nodes that were heard of in the last seconds. */
  nodes(role: string): Promise<Node[]>;
  /** Of every role, those that came last first, and those too that have fallen silent within the hour. */
  seenNodes(): Promise<SeenNode[]>;
  /** Stores records, each once. At most `auditBatchMax`. */
  append(records: readonly AuditRecord[]): Promise<void>;
}
