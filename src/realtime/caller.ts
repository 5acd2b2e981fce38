// Who is connected, and how that is written down.
import type { Identity } from '../platform/identity.ts';
import type { Origin } from '../platform/where-from.ts';

/** What the hub knows of a connection. Renewing its token puts another in its place. */
export interface Caller {
  identity: Identity;
  token: string;
  readonly origin: Origin;
}

/** Who did it, for the audit record. */
export function recordedOf({ tenant, subject, session }: Identity) {
  return { tenant, subject, session };
}
