/**
 * The first message of a connection: JSON in every encoding, saying which encoding follows. It may
 * come in several frames and bring the first calls along in its last one.
 */
import { jsonProtocol, recordSeparator } from './json-protocol.ts';
import { messagePackProtocol } from './messagepack-protocol.ts';
import type { HubProtocol } from './protocol.ts';

/** Version 2 adds the messages for stateful reconnects. */
const versionMax = 2;

const protocols = new Map([jsonProtocol, messagePackProtocol].map((each) => [each.name, each]));

export type Handshake =
  | { state: 'incomplete' }
  | { state: 'refused'; error: string }
  /** `rest` is what stood behind the handshake. */
  | { state: 'accepted'; protocol: HubProtocol; version: number; rest: Buffer };

export function readHandshake(bytes: Buffer, bytesMax: number): Handshake {
  const end = bytes.indexOf(recordSeparator);
  if (end > bytesMax || (end === -1 && bytes.length > bytesMax)) {
    return { state: 'refused', error: `The handshake is longer than ${bytesMax} bytes.` };
  }
  if (end === -1) return { state: 'incomplete' };
  const request = parse(bytes.toString('utf8', 0, end));
  if (request === undefined) {
    return { state: 'refused', error: 'The handshake is not a JSON object.' };
  }
  const protocol = protocolOf(request.protocol);
  if (protocol === undefined) {
    return {
      state: 'refused',
      error: `The protocol must be one of ${[...protocols.keys()].join(', ')}.`,
    };
  }
  const { version } = request;
  if (!isVersion(version)) {
    return { state: 'refused', error: `The protocol version must be 0 to ${versionMax}.` };
  }
  return { state: 'accepted', protocol, version, rest: bytes.subarray(end + 1) };
}

export function writeHandshakeAnswer(error?: string): Buffer {
  return Buffer.from(`${JSON.stringify({ error })}\x1e`);
}

/** By its name, in whatever case. */
function protocolOf(name: unknown): HubProtocol | undefined {
  return typeof name === 'string'
    ? protocols.get(name.toLowerCase() as HubProtocol['name'])
    : undefined;
}

function isVersion(version: unknown): version is number {
  return Number.isInteger(version) && Number(version) >= 0 && Number(version) <= versionMax;
}

function parse(text: string): { protocol?: unknown; version?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
