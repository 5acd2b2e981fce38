// What is asked of every server alike: which accounts there are, and updates at a steady rate.
import { setTimeout as pause } from 'node:timers/promises';

export const connections = 1_000;

/** Connections that one update goes to; every connection is in one group of each shape. */
export const fans = [10, 1_000, 1] as const;
export type Fan = (typeof fans)[number];

/** Accounts that each connection watches in each shape. */
export const accountsPerGroup = 10;

export interface Load {
  readonly fan: Fan;
  /** Updates published together, each of another account of the group: what one flush may gather. */
  readonly together: 1 | 10;
  readonly deliveriesPerSecond: number;
  readonly ms: number;
}

export interface Cost {
  readonly deliveries: number;
  /** CPU of the server's process, user and system. */
  readonly cpuUs: number;
}

export function accountOf(fan: Fan, group: number, index: number): string {
  return `acc-${fan}-${group}-${index}`;
}

export function accountsOf(connection: number): string[] {
  return fans.flatMap((fan) =>
    Array.from({ length: accountsPerGroup }, (_, index) =>
      accountOf(fan, Math.floor(connection / fan), index),
    ),
  );
}

/** The time that a delivery carries: microseconds of the clock that all processes share. */
function stamp(atMs: number): string {
  return `at:${String(Math.round(atMs * 1_000)).padStart(16, '0')}`;
}

/** Milliseconds of that clock. */
function sharedMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export interface Publication {
  readonly group: number;
  /** Of the group's accounts. */
  readonly version: number;
  /** When it was to be published: what makes the publisher late counts as part of the way. */
  readonly dueAtMs: number;
}

/** A balance as the event log has it, 150 bytes of facts; `entryId` carries the time. */
export function updateOf(accountId: string, { version, dueAtMs }: Publication) {
  return {
    accountId,
    currency: 'EUR',
    availableMinor: '125000',
    pendingMinor: '0',
    bookedMinor: '125000',
    version,
    updatedAt: '2026-11-24T09:00:00.000Z',
    entryId: stamp(dueAtMs),
  };
}

/** Publishes what is due at each millisecond, one group at a time, and counts what it costs. */
export async function paced(
  { fan, together, deliveriesPerSecond, ms }: Load,
  publish: (publication: Publication) => void,
): Promise<Cost> {
  const groups = connections / fan;
  const perMs = deliveriesPerSecond / (fan * together) / 1_000;
  const startedAtMs = sharedMs();
  const cpu = process.cpuUsage();
  let done = 0;
  for (;;) {
    const elapsedMs = sharedMs() - startedAtMs;
    for (; done < Math.min(elapsedMs, ms) * perMs; done += 1) {
      const dueAtMs = startedAtMs + done / perMs;
      publish({ group: done % groups, version: (version += 1), dueAtMs });
    }
    if (elapsedMs >= ms) break;
    await pause(1);
  }
  const { user, system } = process.cpuUsage(cpu);
  return { deliveries: done * fan * together, cpuUs: user + system };
}

let version = 0;
