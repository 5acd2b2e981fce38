// What a replica of the hub refuses as too much: connections, subscriptions and messages, and why.
import type { HubLoadSheddingStats } from '@atlas/client';
import { countText, durationText, listText, shareText } from '../ui/figure-text.ts';
import { latelyRefused } from './lately-refused.ts';
import type { Sample } from '../ui/watch.ts';

type Stats = HubLoadSheddingStats;
type Shed = Stats['shed'];
export type HubKind = keyof Shed;
export type HubReason = { [K in HubKind]: keyof Shed[K] }[HubKind];

export const hubKinds: readonly HubKind[] = ['connections', 'subscriptions', 'messages'];

export const hubReasonNames: Readonly<Record<HubReason, string>> = {
  replica_connections: 'Connections of the replica',
  user_connections: 'Connections of a user',
  connections_full: 'Sockets of the replica',
  admissions_full: 'Nowhere to wait at the door',
  admission_late: 'Token not verified in time',
  user_messages: 'Messages of a user',
  posts_full: 'POSTs of a connection',
  pressure: 'Pressure',
  connection_subscriptions: 'Subscriptions of a connection',
  user_subscriptions: 'Subscriptions of a user',
  snapshots_full: 'Nowhere to wait',
  snapshots_late: 'No turn in time',
  overloaded: 'Ledger overloaded',
  unavailable: 'Ledger away',
};
export const hubReasons = Object.keys(hubReasonNames) as HubReason[];

export function refusedByHub(
  { shed }: Stats,
  asked: { readonly kind?: HubKind | undefined; readonly reason?: HubReason | undefined } = {},
): number {
  const kinds = asked.kind === undefined ? hubKinds : [asked.kind];
  const whys = asked.reason === undefined ? hubReasons : [asked.reason];
  return kinds
    .flatMap((kind) => whys.map((why) => (shed[kind] as Partial<Record<HubReason, number>>)[why]))
    .reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

export function hubCausesOf(samples: readonly Sample<Stats>[]) {
  return latelyRefused(samples, {
    kinds: hubKinds,
    reasonNames: hubReasonNames,
    count: (stats, kind, reason) => refusedByHub(stats, { kind, reason }),
    because,
  });
}

function because(stats: Stats, reason: HubReason): string {
  const { connections, connectionsLimit, firstBalances: turns } = stats;
  switch (reason) {
    case 'replica_connections':
      return `${countText(connections)} of ${countText(connectionsLimit)} connections are open at this moment.`;
    case 'connections_full':
      return 'As many sockets are open as this replica takes, with those that have shown no token yet.';
    case 'admissions_full':
      return 'More came at once than may wait to be let in; they were asked to try again after a second.';
    case 'admission_late':
      return 'The tokens of those who came were not verified in time.';
    case 'posts_full':
      return 'Whoever was refused sends faster than its calls are answered.';
    case 'user_connections':
    case 'connection_subscriptions':
    case 'user_subscriptions':
      return 'Whoever was refused has as many as the settings give to one.';
    case 'user_messages':
      return 'Whoever was refused sends more a second than the settings give to one.';
    case 'pressure':
      return pressureText(stats.pressure);
    case 'snapshots_full':
      return `${countText(turns.waiting)} of ${countText(turns.waitingMax)} first balances wait for their turn at this moment.`;
    case 'snapshots_late':
      return `${countText(turns.running)} of ${countText(turns.runningMax)} first balances are being read at this moment, and the ledger answers too slowly for those who wait.`;
    case 'overloaded':
      return 'The ledger refused to read first balances: its own panel says why.';
    case 'unavailable':
      return 'The ledger does not answer; open subscriptions go on hearing updates.';
  }
}

function pressureText({ loop, memory, admittedPart }: Stats['pressure']): string {
  const over = [
    ...(loop.over ? [`its event loop is ${durationText(loop.value)} late`] : []),
    ...(memory.over ? [`${shareText(memory.value)} of its memory is used`] : []),
  ];
  const lets = `${shareText(admittedPart)} of new subscriptions get in`;
  if (over.length === 0) return `This replica was at its limits and is back under them; ${lets}.`;
  return `This replica is at its limits: ${listText(over)}; ${lets}.`;
}
