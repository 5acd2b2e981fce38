// What a transfer request counts as when not all can be served. The class comes from the route, the
// token and what this replica itself remembers, and from nothing that a caller can just write down.
//
// critical: a key that was admitted here a moment ago. Its work has begun, and its caller only asks what
//   became of it; to refuse that again and again would turn one slow answer into a storm.
// normal: a single transfer.
// bulk: a batch, or a token that says so (`traffic: "bulk"`): it can wait.
import type { Identity } from '../../platform/identity.ts';
import type { TrafficClass } from '../../platform/pressure/traffic-class.ts';
import type { RecentKeys } from './recent-keys.ts';

export interface Asked {
  readonly batch: boolean;
  /** Undefined where the token is not known yet. */
  readonly identity: Identity | undefined;
  readonly key: string | undefined;
}

export function classOf({ batch, identity, key }: Asked, recent: RecentKeys): TrafficClass {
  if (batch || identity?.bulk === true) return 'bulk';
  if (identity === undefined || key === undefined) return 'normal';
  return recent.has(identity, key) ? 'critical' : 'normal';
}
