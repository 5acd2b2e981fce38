// The control plane on the book's database: see contracts/control.ts. Whatever it does is small beside
// the money, and takes one connection at a time.
import {
  auditBatchMax,
  auditIdAt,
  revocationsPageMax,
  type CeilingOrder,
  type ControlPlane,
  type Node,
  type Revocation,
  type SeenNode,
} from '../contracts/control.ts';
import { ProblemError } from '../contracts/problems.ts';
import { isConnectionFailure, type Connection, type Database } from '../engines/database.ts';
import type { Log } from '../platform/logs.ts';
import {
  appendAudit,
  countRevocations,
  currentCeiling,
  forgetAudit,
  forgetNodes,
  forgetRevocations,
  insertRevocation,
  nodesRemembered,
  nodesSeen,
  orderCeiling,
  revocationsAfter,
  seeNodes,
  takeRevocationTurn,
} from './control-statements.ts';

/** Revocations in force that one tenant may have: every process holds them all. */
const revocationsPerTenantMax = 200_000;
/** A node that has not been heard of for so long is gone … */
const nodeLifeMs = 5_000;
/** … and is forgotten after so long: who asks about the last hour hears who was there. */
const nodeMemoryMs = 3_600_000;
const nodesRememberedMax = 1_000;
const houseKeepingMs = 60_000;
const forgottenAtOnceMax = 5_000;
const dayMs = 86_400_000;

export interface ControlPlaneOptions {
  readonly database: Database;
  readonly auditDays: number;
  readonly log: Log;
}

export interface RunningControlPlane extends ControlPlane, AsyncDisposable {
  /** Forgets what has had its time; it does so by itself every minute. */
  keepHouse(): Promise<void>;
}

export function createControlPlane(options: ControlPlaneOptions): RunningControlPlane {
  const { database, auditDays, log } = options;
  /** Batches of records are stored one after the other. */
  let appending: Promise<unknown> = Promise.resolve();
  let keeping: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    keeping = keepHouse().catch((error: unknown) => {
      log.warn({ err: error }, 'control: what is old could not be forgotten; trying again');
    });
  }, houseKeepingMs).unref();

  async function keepHouse(): Promise<void> {
    await database.query(forgetRevocations);
    await database.query(forgetNodes, [nodeMemoryMs]);
    const lowest = auditIdAt(Date.now() - auditDays * dayMs);
    let forgotten;
    do forgotten = await database.query(forgetAudit, [lowest, forgottenAtOnceMax]);
    while (forgotten.length === forgottenAtOnceMax);
  }

  return {
    keepHouse,
    revoke: (revocation, record) =>
      reaching(() =>
        database.transaction(async (connection) => {
          await connection.query(takeRevocationTurn);
          await requireRoom(connection, revocation.tenant);
          await connection.query(insertRevocation, rowOf(revocation));
          await connection.query(appendAudit, [JSON.stringify([record])]);
        }),
      ),
    news: (cursor, nodes = []) =>
      reaching(async () => {
        if (nodes.length > 0) await database.query(seeNodes, [JSON.stringify(nodes)]);
        const [rows, [ceiling]] = await Promise.all([
          database.query<RevocationRow>(revocationsAfter, [cursor, revocationsPageMax]),
          database.query<CeilingRow>(currentCeiling),
        ]);
        return {
          revocations: rows.map(revocationOf),
          ceiling: ceiling === undefined ? null : orderOf(ceiling),
          cursor: rows.length === 0 ? cursor : Number(rows.at(-1)!.id),
        };
      }),
    orderCeiling: (ceiling, record) =>
      reaching(() =>
        database.transaction(async (connection) => {
          const [row] = await connection.query<CeilingRow>(orderCeiling, [
            ceiling?.ratePerSecond ?? null,
            ceiling?.burst ?? null,
            ceiling?.clientRatePerSecond ?? null,
            ceiling?.clientBurst ?? null,
            record.tenant,
            record.subject,
          ]);
          await connection.query(appendAudit, [JSON.stringify([record])]);
          return orderOf(row!);
        }),
      ),
    nodes: (role) =>
      reaching(async () => {
        const rows = await database.query<NodeRow>(nodesSeen, [role, nodeLifeMs]);
        return rows.map(nodeOf);
      }),
    seenNodes: () =>
      reaching(async () => {
        const rows = await database.query<SeenRow>(nodesRemembered, [nodesRememberedMax]);
        return rows.map(({ silent_ms, ...row }): SeenNode => ({
          ...nodeOf(row),
          silentMs: Number(silent_ms),
        }));
      }),
    async append(records) {
      if (records.length > auditBatchMax) throw new RangeError('Too many records in one batch');
      const stored = appending.then(() =>
        reaching(() => database.query(appendAudit, [JSON.stringify(records)])),
      );
      appending = stored.catch(() => {});
      await stored;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await keeping;
      await appending;
    },
  };
}

async function requireRoom(connection: Connection, tenant: string): Promise<void> {
  const [row] = await connection.query<{ rows: number }>(countRevocations, [
    tenant,
    revocationsPerTenantMax,
  ]);
  if (row!.rows < revocationsPerTenantMax) return;
  throw new ProblemError('overloaded', 'The tenant has too many revocations in force.', {
    retryAfterSeconds: 60,
  });
}

function rowOf({ tenant, subject, session, revokedAtMs, expiresAtMs }: Revocation): unknown[] {
  const iso = (ms: number) => new Date(ms).toISOString();
  return [tenant, subject, session ?? '', iso(revokedAtMs), iso(expiresAtMs)];
}

interface RevocationRow {
  id: bigint;
  tenant: string;
  subject: string;
  session: string;
  revoked_at: Date;
  expires_at: Date;
}

function revocationOf(row: RevocationRow): Revocation {
  return {
    tenant: row.tenant,
    subject: row.subject,
    session: row.session === '' ? null : row.session,
    revokedAtMs: row.revoked_at.getTime(),
    expiresAtMs: row.expires_at.getTime(),
  };
}

interface CeilingRow {
  revision: bigint;
  rate_per_second: number | null;
  burst: number | null;
  client_rate_per_second: number | null;
  client_burst: number | null;
  ordered_at: Date;
}

function orderOf(row: CeilingRow): CeilingOrder {
  return {
    revision: Number(row.revision),
    ceiling:
      row.rate_per_second === null
        ? null
        : {
            ratePerSecond: row.rate_per_second,
            burst: row.burst!,
            clientRatePerSecond: row.client_rate_per_second!,
            clientBurst: row.client_burst!,
          },
    orderedAt: row.ordered_at.toISOString(),
  };
}

type NodeRow = Omit<Node, 'startedAt'> & { started_at: Date };

type SeenRow = NodeRow & { silent_ms: bigint };

function nodeOf({ started_at, ...row }: NodeRow): Node {
  return { ...row, startedAt: started_at.toISOString() };
}

async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isConnectionFailure(error)) throw error;
    throw new ProblemError('unavailable', 'The book cannot be reached; try again.');
  }
}
