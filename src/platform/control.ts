// What a process shares with the others through the core: every second it hears which tokens were
// revoked and how much may be admitted, and says that it is there; and it hands on what was done in it. While the core is away the
// last list stays in force, and the log and a metric say how old it is.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  Ceiling,
  CeilingOrder,
  ControlPlane,
  Node,
  Revocation,
  SeenNode,
} from '../contracts/control.ts';
import { ProblemError } from '../contracts/problems.ts';
import { AuditQueue, type AuditEntry, type AuditTrail } from './audit.ts';
import type { Identity } from './identity.ts';
import type { Log } from './logs.ts';
import type { Metrics } from './metrics.ts';
import { createRevocations, type Revocations } from './revocations.ts';

const newsEveryMs = 1_000;
/** A core that starts again is away for less, and worth no words. */
const awayAfterMs = 5_000;
/** Longest wait of a start for the first list. */
const startMs = 1_000;
/** Longest wait of an end for the records that are left. */
const closeMs = 2_000;

export interface ControlOptions {
  /** Of the program. */
  readonly version: string;
  readonly tokenLifeMaxMs: number;
  readonly auditRecordsMax: number;
  readonly log: Log;
}

/** The part of a process that every role of it shares. */
export interface Control {
  /** Names this process among all, in records and to operators. */
  readonly node: string;
  /** When this process started, ISO 8601. */
  readonly startedAt: string;
  readonly revocations: Revocations;
  readonly audit: AuditTrail;
  /**
   * Ends the session of this token. In force here when it resolves, elsewhere a second later.
   * @throws ProblemError `unavailable`, `overloaded`
   */
  signOut(identity: Identity, by: AuditEntry): Promise<void>;
  /** The same for a session of anybody, or with null for all that a subject has now. */
  revoke(whose: Pick<Revocation, 'tenant' | 'subject' | 'session'>, by: AuditEntry): Promise<void>;
  /** What an operator has ordered, as this process last heard it. */
  readonly ceiling: CeilingOrder | null;
  /** In force here when it resolves, elsewhere a second later. @throws ProblemError `unavailable` */
  orderCeiling(ceiling: Ceiling | null, by: AuditEntry): Promise<void>;
  /** Calls `listener` with each new order, and at once with the one there is. */
  onCeiling(listener: (order: CeilingOrder) => void): void;
  /** From now on the other nodes find this role of this one there. */
  announce(role: string, url: string): void;
  /** Nodes with this role, this one included. @throws ProblemError `unavailable` */
  nodes(role: string): Promise<Node[]>;
  /** Nodes of every role, also of those that are gone within the hour. @throws ProblemError `unavailable` */
  seenNodes(): Promise<SeenNode[]>;
  /** Begins; disposing it sends the records that are left. */
  connect(plane: ControlPlane): Promise<AsyncDisposable>;
  expose(metrics: Metrics): void;
}

export function createControl(options: ControlOptions): Control {
  const { log, tokenLifeMaxMs, version } = options;
  const startedAt = new Date().toISOString();
  const node = `${hostname()
    .replaceAll(/[^\w-]/g, '-')
    .slice(0, 40)}-${randomBytes(4).toString('hex')}`;
  const revocations = createRevocations();
  const audit = new AuditQueue({
    node,
    recordsMax: options.auditRecordsMax,
    log,
    append: (records) => connected().append(records),
  });
  let plane: ControlPlane | undefined;
  const announced: Node[] = [];
  let ceiling: CeilingOrder | null = null;
  const ceilingListeners = new Set<(order: CeilingOrder) => void>();
  let cursor = 0;
  let heardAt = performance.now();
  let away = false;

  function connected(): ControlPlane {
    if (plane !== undefined) return plane;
    throw new ProblemError('unavailable', 'The core is not connected yet; try again.');
  }

  async function hear(): Promise<void> {
    for (let more = true; more;) {
      const news = await connected().news(cursor, announced);
      more = news.cursor !== cursor;
      cursor = news.cursor;
      revocations.add(news.revocations);
      obey(news.ceiling);
    }
    heardAt = performance.now();
    if (away) log.info('the core is back: the list of revoked tokens is up to date again');
    away = false;
  }

  /** What was asked before the last order was given may be answered after it. */
  function obey(order: CeilingOrder | null): void {
    if (order === null || order.revision <= (ceiling?.revision ?? 0)) return;
    ceiling = order;
    for (const listener of ceilingListeners) listener(order);
  }

  async function keepHearing(signal: AbortSignal, heard: () => void): Promise<void> {
    while (!signal.aborted) {
      try {
        await hear();
        heard();
      } catch (error) {
        if (!away && performance.now() - heardAt > awayAfterMs) {
          away = true;
          log.warn(
            { err: error },
            'the core is away: the last list of revoked tokens stays in force',
          );
        }
      }
      await delay(newsEveryMs, undefined, { signal }).catch(() => {});
    }
  }

  async function revoke(
    { tenant, subject, session }: Pick<Revocation, 'tenant' | 'subject' | 'session'>,
    expiresAtMs: number,
    by: AuditEntry,
  ): Promise<void> {
    const revocation = { tenant, subject, session, expiresAtMs, revokedAtMs: Date.now() };
    await connected().revoke(revocation, audit.recordOf(by));
    revocations.add([revocation]);
  }

  return {
    node,
    startedAt,
    revocations,
    audit,
    signOut: (identity, by) => revoke(identity, sessionEndsMs(identity, tokenLifeMaxMs), by),
    revoke: (whose, by) => revoke(whose, Date.now() + tokenLifeMaxMs, by),
    get ceiling() {
      return ceiling;
    },
    async orderCeiling(wanted, by) {
      obey(await connected().orderCeiling(wanted, audit.recordOf(by)));
    },
    onCeiling(listener) {
      ceilingListeners.add(listener);
      if (ceiling !== null) listener(ceiling);
    },
    announce(role, url) {
      announced.push({ id: node, role, url, version, startedAt });
    },
    nodes: (role) => connected().nodes(role),
    seenNodes: () => connected().seenNodes(),
    async connect(given) {
      plane = given;
      const stopping = new AbortController();
      const heard = Promise.withResolvers<void>();
      const hearing = keepHearing(stopping.signal, heard.resolve);
      await Promise.race([heard.promise, delay(startMs, undefined, { ref: false })]);
      return {
        async [Symbol.asyncDispose]() {
          stopping.abort();
          await audit.close(closeMs);
          await hearing;
        },
      };
    },
    expose(metrics) {
      metrics.gauge(
        'revocations_age_seconds',
        'Since the list of revoked tokens was last known to be complete',
        () => (performance.now() - heardAt) / 1_000,
      );
      metrics.gauge('revoked_subjects', 'Subjects with a revocation', () => revocations.size);
      metrics.gauge('audit_waiting', 'Audit records not yet stored', () => audit.waiting);
      metrics.total('audit_stored_total', 'Audit records stored', () => audit.counts.stored);
      metrics.total('audit_dropped_total', 'Audit records lost', () => audit.counts.dropped);
    },
  };
}

/** When no token of the session is good any longer. */
function sessionEndsMs(identity: Identity, lifeMaxMs: number): number {
  const { sharesSession, issuedAtMs, expiresAtMs } = identity;
  if (!sharesSession) return expiresAtMs;
  // Its other tokens live as long as this one, and none was issued after now.
  return Date.now() + (issuedAtMs === undefined ? lifeMaxMs : expiresAtMs - issuedAtMs);
}
