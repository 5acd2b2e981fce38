/** What the probes of the wire have in common: a hub that echoes, and messages written by hand. */
import { z } from 'zod';
import { decode, encode } from '@msgpack/msgpack';
import { createHub, type HubOptions } from '@atlas/signalr';

/** A hub that lets everybody in and has a method `Echo`. */
export function createEchoHub(options: Partial<HubOptions<null>> = {}) {
  const hub = createHub<null>({ authenticate: () => ({ identity: null }), ...options });
  hub.method('Echo', [z.unknown()], (_connection, value) => value);
  return hub;
}

/** A call of `Echo` with one argument. */
export function echo(id: string, value: unknown = id) {
  return { type: 1, invocationId: id, target: 'Echo', arguments: [value] };
}

/** A MessagePack message behind its length, for messages below 128 bytes. */
export function packed(message: unknown): number[] {
  const body = encode(message);
  return [body.length, ...body];
}

/** The value behind the length of a short MessagePack message. */
export function unpacked(frame: { text: string }): unknown {
  return decode(Buffer.from(frame.text, 'latin1').subarray(1));
}
