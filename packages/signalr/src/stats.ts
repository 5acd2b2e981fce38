/**
 * Plain counters, so that a host can turn them into the metrics of its choice. All but `connections`,
 * `detached` and `waiting` only rise.
 */
import { type DisconnectCode, disconnects } from './disconnects.ts';

export interface HubStats {
  /** Connections open now, handshakes under way included. */
  connections: number;
  accepted: number;
  /** Of the open connections, those whose socket broke and whose client may come back. */
  detached: number;
  /** Connections that went on over a new socket. */
  reattached: number;
  /** Clients that wait to be authenticated. */
  waiting: number;
  /** Requests and upgrades answered with an HTTP error. */
  refused: number;
  invocations: number;
  /** Invocations that ended in an error of any kind. */
  invocationsFailed: number;
  bytesReceived: number;
  bytesSent: number;
  framesSent: number;
  /** Ended connections by reason; `slow_consumer` are the clients cut off for not reading. */
  disconnects: Record<DisconnectCode, number>;
}

export function createStats(): HubStats {
  const codes = Object.keys(disconnects) as DisconnectCode[];
  return {
    connections: 0,
    accepted: 0,
    detached: 0,
    reattached: 0,
    waiting: 0,
    refused: 0,
    invocations: 0,
    invocationsFailed: 0,
    bytesReceived: 0,
    bytesSent: 0,
    framesSent: 0,
    disconnects: Object.fromEntries(codes.map((code) => [code, 0])) as HubStats['disconnects'],
  };
}
