/**
 * A frame as a server sends it: unmasked and whole. Bytes that go to many sockets one after the other
 * are framed once, as the last frame is kept.
 */
import type { FrameFormat } from './transport.ts';

const opcodes = { text: 0x81, binary: 0x82 } as const;

let lastPayload: Buffer | undefined;
let lastFrame: Buffer = Buffer.alloc(0);

/** The payload belongs to one format and must not be changed. */
export function frameOf(payload: Buffer, format: FrameFormat): Buffer {
  if (payload === lastPayload) return lastFrame;
  const { length } = payload;
  const headBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headBytes + length);
  frame[0] = opcodes[format];
  if (headBytes === 2) frame[1] = length;
  else if (headBytes === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeUIntBE(0, 2, 2);
    frame.writeUIntBE(length, 4, 6);
  }
  payload.copy(frame, headBytes);
  lastPayload = payload;
  lastFrame = frame;
  return frame;
}
