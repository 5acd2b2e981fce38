// How the statistics of a role show what was refused before it was a request.
import { Type, type TInteger } from 'typebox';
import type { FloodReason } from './refusals.ts';

const meanings: Readonly<Record<FloodReason, string>> = {
  connections: 'Connections beyond all that may be open',
  address_connections: 'Connections of an address beyond its own',
  address_requests: 'Requests under way of an address beyond its own',
  connection_requests: 'Requests on a connection ahead of their answers',
  idle_closed: 'Idle connections closed to make room',
  head_too_large: 'Heads that were too large',
  slow_head: 'Heads that came too slowly',
  slow_body: 'Bodies that came too slowly',
  malformed: 'Bytes that were no HTTP',
};

export const FloodsSchema = Type.Object(
  Object.fromEntries(
    Object.entries(meanings).map(([reason, description]) => [
      reason,
      Type.Integer({ minimum: 0, description }),
    ]),
  ) as Record<FloodReason, TInteger>,
  { description: 'Refused or cut off before it was a request, since the start' },
);
