// Carries the outbox to the event log, at least once and in order per account. One relay is active
// among all core processes: the one that holds the advisory lock. It forgets a row only after the log
// has acknowledged it, so that a dead relay's work is found and repeated by the next.
import type { Balance } from '../contracts/balances.ts';
import { balanceFromBody } from '../contracts/balances.ts';
import type { BalanceCacheWriters } from './cache-writers.ts';
import type { Connection, Database, Session } from '../engines/database.ts';
import type { EventPublisher } from '../engines/event-log.ts';
import type { Log } from '../platform/logs.ts';
import type { StageRing } from '../platform/stages.ts';
import { eventsOf, type OutboxRow } from './outbox-events.ts';
import {
  forgetOldPublished,
  forgetPublished,
  markPublished,
  outboxBacklog,
  unpublishedTransfers,
} from './statements.ts';

const relayLock = 7_214_002;
const leaderPollMs = 500;
const retryPauseMs = 200;
const houseKeepingMs = 1_000;
/** How long the embedded log keeps what was published. */
const keptForMs = 3_600_000;
const backlogCountMax = 1_000_000;

export interface RelayOptions {
  readonly database: Database;
  readonly events: EventPublisher;
  readonly writers: BalanceCacheWriters;
  /** Repeats what a core may have died before doing: puts the balances into the cache. */
  publish(balances: readonly Balance[]): Promise<void>;
  /** Remembers when the event log had each transfer. */
  readonly published?: StageRing;
  readonly batchMax: number;
  readonly pollMs: number;
  readonly log: Log;
}

export interface Relay extends AsyncDisposable {
  /** This process has committed something. */
  wake(): void;
  readonly leading: boolean;
  /** Rows not yet published, as last counted by the leader. */
  readonly backlog: number;
  readonly published: number;
  readonly failures: number;
}

export function startRelay(options: RelayOptions): Relay {
  const { database, events, log } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const bell = createBell(signal);
  const state = { leading: false, backlog: 0, published: 0, failures: 0 };
  const finished = run();

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        await using session = await database.session();
        if (await isLeader(session)) await lead(session);
        else await pause(leaderPollMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        state.failures += 1;
        log.warn({ err: error }, 'relay: will try again');
        await pause(retryPauseMs, signal);
      } finally {
        state.leading = false;
      }
    }
  }

  async function lead(session: Session): Promise<void> {
    state.leading = true;
    let lost = false;
    void session.lost.then(() => {
      lost = true;
      bell.ring();
    });
    let houseKeptAt = Number.NEGATIVE_INFINITY;
    while (!signal.aborted && !lost) {
      const rows = await carryOut();
      if (performance.now() - houseKeptAt > houseKeepingMs) {
        houseKeptAt = performance.now();
        await keepHouse(rows);
      }
      if (rows < options.batchMax) await bell.wait(options.pollMs);
    }
    if (!lost) await session.query(`select pg_advisory_unlock(${relayLock})`);
  }

  /** Publishes the oldest unpublished transfers; resolves to how many there were. */
  async function carryOut(): Promise<number> {
    const rows = await database.query<OutboxRow>(unpublishedTransfers, [options.batchMax]);
    if (rows.length === 0) {
      state.backlog = 0;
      return 0;
    }
    state.backlog = Math.max(state.backlog, rows.length);
    const transfers = rows.map(eventsOf);
    await options.publish(newest(transfers.flatMap(({ balances }) => balances)));
    await events.publish(transfers);
    remember(rows);
    const ids = `{${transfers.map(({ outboxId }) => outboxId).join(',')}}`;
    await database.query(events.keepsOutbox ? markPublished : forgetPublished, [ids]);
    state.published += rows.length;
    state.backlog = Math.max(0, state.backlog - rows.length);
    return rows.length;
  }

  function remember(rows: readonly OutboxRow[]): void {
    if (options.published === undefined) return;
    const nowMs = Date.now();
    for (const { entry_id } of rows) options.published.add(entry_id, nowMs);
  }

  async function keepHouse(lastRows: number): Promise<void> {
    if (lastRows > 0) state.backlog = await countBacklog(database);
    if (events.keepsOutbox) await database.query(forgetOldPublished, [keptForMs]);
    await options.writers.strikeOffDead(async () => {
      while ((await carryOut()) > 0);
    });
  }

  return {
    wake: () => bell.ring(),
    get leading() {
      return state.leading;
    },
    get backlog() {
      return state.backlog;
    },
    get published() {
      return state.published;
    },
    get failures() {
      return state.failures;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      bell.ring();
      await finished;
    },
  };
}

async function isLeader(session: Connection): Promise<boolean> {
  const [row] = await session.query<{ held: boolean }>(
    `select pg_try_advisory_lock(${relayLock}) as held`,
  );
  return row!.held;
}

async function countBacklog(database: Database): Promise<number> {
  const [row] = await database.query<{ rows: number }>(outboxBacklog, [backlogCountMax]);
  return row!.rows;
}

/** The newest balance of each account: a cache needs no more. */
function newest(events: readonly OutboxRowBalance[]): Balance[] {
  const byAccount = new Map<string, Balance>();
  for (const { tenant, ...body } of events) {
    byAccount.set(`${tenant} ${body.accountId}`, balanceFromBody(tenant, body));
  }
  return [...byAccount.values()];
}

type OutboxRowBalance = ReturnType<typeof eventsOf>['balances'][number];

/** Lets a loop wait for news or a time, whichever is first; news that came early is not lost. */
function createBell(signal: AbortSignal) {
  let rung = false;
  let wakeUp: (() => void) | undefined;
  return {
    ring(): void {
      rung = true;
      wakeUp?.();
    },
    async wait(timeoutMs: number): Promise<void> {
      if (!rung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          wakeUp = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      rung = false;
      wakeUp = undefined;
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
