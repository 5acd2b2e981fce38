// What the gateway refuses: requests to a role that is away or takes no more, by role, and connections and
// requests that were cut off before they were any.
import type { GatewayLoadSheddingStats } from '@atlas/client';
import { countText, listText } from '../ui/figure-text.ts';
import { latelyRefused } from './lately-refused.ts';
import { breakerNames } from './read-refusals.ts';
import type { Sample } from '../ui/watch.ts';

type Stats = GatewayLoadSheddingStats;
export type GatewayRole = keyof Stats['roles'];
type Flood = keyof Stats['floods'];
export type GatewayKind = GatewayRole | 'callers';
type RoleReason = 'open' | 'full';
export type GatewayReason = RoleReason | Flood;

export const gatewayRoles: readonly GatewayRole[] = ['payments', 'ledger', 'realtime'];
export const gatewayKinds: readonly GatewayKind[] = [...gatewayRoles, 'callers'];

export const gatewayReasonNames: Readonly<Record<GatewayReason, string>> = {
  open: 'Role away',
  full: 'Requests to a role',
  connections: 'Connections',
  address_connections: 'Connections of an address',
  address_requests: 'Requests of an address',
  connection_requests: 'Requests on a connection',
  idle_closed: 'Idle connections closed',
  head_too_large: 'Heads too large',
  slow_head: 'Heads too slow',
  slow_body: 'Bodies too slow',
  malformed: 'No HTTP',
};
export const gatewayReasons = Object.keys(gatewayReasonNames) as GatewayReason[];

export function refusedByGateway(
  { roles, floods }: Stats,
  asked: {
    readonly kind?: GatewayKind | undefined;
    readonly reason?: GatewayReason | undefined;
  } = {},
): number {
  const kinds = asked.kind === undefined ? gatewayKinds : [asked.kind];
  const whys = asked.reason === undefined ? gatewayReasons : [asked.reason];
  const count = (kind: GatewayKind, reason: GatewayReason): number => {
    if (isOfRole(reason)) return kind === 'callers' ? 0 : roles[kind].refused[reason];
    return kind === 'callers' ? floods[reason] : 0;
  };
  return kinds
    .flatMap((kind) => whys.map((reason) => count(kind, reason)))
    .reduce((sum, each) => sum + each, 0);
}

export function gatewayCausesOf(samples: readonly Sample<Stats>[]) {
  return latelyRefused(samples, {
    kinds: gatewayKinds,
    reasonNames: gatewayReasonNames,
    count: (stats, kind, reason) => refusedByGateway(stats, { kind, reason }),
    because,
  });
}

function because({ roles }: Stats, reason: GatewayReason, kinds: readonly GatewayKind[]): string {
  const each = (of: (role: Stats['roles'][GatewayRole]) => string) =>
    listText(kinds.flatMap((kind) => (kind === 'callers' ? [] : [`${kind}: ${of(roles[kind])}`])));
  switch (reason) {
    case 'open':
      return `The role failed or kept silent, so nothing is passed on until it says that it lives (breaker of ${each(({ breaker }) => breakerNames[breaker])}).`;
    case 'full':
      return `As many requests are under way as one role may hold here (${each(({ running, runningMax }) => `${countText(running)} of ${countText(runningMax)} at this moment`)}).`;
    case 'connections':
    case 'idle_closed':
      return 'As many connections are open as the settings allow; idle ones are closed first.';
    case 'address_connections':
    case 'address_requests':
    case 'connection_requests':
      return 'Whoever was refused has as many as the settings give to one; the log has the address.';
    case 'head_too_large':
    case 'slow_head':
    case 'slow_body':
    case 'malformed':
      return 'Whoever was cut off does not speak HTTP as a client does; the log has the address.';
  }
}

function isOfRole(reason: GatewayReason): reason is RoleReason {
  return reason === 'open' || reason === 'full';
}
