/**
 * Walks over one MessagePack value without building it, because a decoder makes room for as many
 * elements as an array header claims: 30 KB of nested headers took 2.7 GB and 8 s
 * (@msgpack/msgpack 3.1.3). A value that passes here is complete, so what it claims it also holds.
 */
import { malformed } from '../errors.ts';

const depthMax = 64;

/** Throws `ProtocolError` unless the bytes are exactly one value, nested at most 64 deep. */
export function checkMessagePack(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** Values still to come at each depth. */
  const expected = [1];
  let at = 0;
  while (expected.length > 0) {
    const left = expected[expected.length - 1]!;
    if (left === 0) {
      expected.pop();
      continue;
    }
    expected[expected.length - 1] = left - 1;
    if (at >= bytes.length) throw malformed('a MessagePack value is incomplete');
    const { size, children } = readHeader(view, at);
    at += size;
    if (at + children > bytes.length) throw malformed('a MessagePack value is incomplete');
    if (children > 0 && expected.push(children) > depthMax) {
      throw malformed('a MessagePack value is nested too deeply');
    }
  }
  if (at !== bytes.length) throw malformed('a MessagePack value has bytes after its end');
}

/** The bytes of the value that starts here, without its children, and how many of those follow. */
function readHeader(view: DataView, at: number): { size: number; children: number } {
  const type = view.getUint8(at);
  if (type < 0x80 || type >= 0xe0) return leaf(1);
  if (type < 0x90) return { size: 1, children: 2 * (type & 0x0f) };
  if (type < 0xa0) return { size: 1, children: type & 0x0f };
  if (type < 0xc0) return leaf(1 + (type & 0x1f));
  const shape = shapes[type - 0xc0];
  if (shape === undefined) throw malformed('a MessagePack value has an unknown type');
  const { lengthBytes, extra, perLength } = shape;
  if (at + 1 + lengthBytes > view.byteLength) throw malformed('a MessagePack value is incomplete');
  const length = readLength(view, at + 1, lengthBytes);
  if (perLength > 0) return { size: 1 + lengthBytes, children: perLength * length };
  return leaf(1 + lengthBytes + extra + length);
}

function leaf(size: number) {
  return { size, children: 0 };
}

function readLength(view: DataView, at: number, bytes: number): number {
  if (bytes === 0) return 0;
  if (bytes === 1) return view.getUint8(at);
  return bytes === 2 ? view.getUint16(at) : view.getUint32(at);
}

/** The types from 0xc0: width of the length field, fixed bytes after it, children for each length. */
const shapes: ({ lengthBytes: number; extra: number; perLength: number } | undefined)[] = [
  fixed(0), // nil
  undefined,
  fixed(0), // false
  fixed(0), // true
  ...[1, 2, 4].map((lengthBytes) => ({ lengthBytes, extra: 0, perLength: 0 })), // binary
  ...[1, 2, 4].map((lengthBytes) => ({ lengthBytes, extra: 1, perLength: 0 })), // extension
  ...[4, 8].map(fixed), // floats
  ...[1, 2, 4, 8].map(fixed), // unsigned
  ...[1, 2, 4, 8].map(fixed), // signed
  ...[2, 3, 5, 9, 17].map(fixed), // extensions of 1 to 16 bytes
  ...[1, 2, 4].map((lengthBytes) => ({ lengthBytes, extra: 0, perLength: 0 })), // strings
  ...[2, 4].map((lengthBytes) => ({ lengthBytes, extra: 0, perLength: 1 })), // arrays
  ...[2, 4].map((lengthBytes) => ({ lengthBytes, extra: 0, perLength: 2 })), // maps
];

function fixed(extra: number) {
  return { lengthBytes: 0, extra, perLength: 0 };
}
