/**
 * The errors that say whose fault it was: only a `HubError` is meant for the client's eyes, and only
 * a `ProtocolError` ends the connection. Everything else stays on the server.
 */

/** Thrown by a hub method or its argument reader; the message reaches the caller as it is. */
export class HubError extends Error {
  override name = 'HubError';
}

/** Input that cannot be understood; the message says what is wrong and quotes none of it. */
export class ProtocolError extends Error {
  override name = 'ProtocolError';
  readonly code: 'malformed_message' | 'message_too_large';

  constructor(code: 'malformed_message' | 'message_too_large', message: string) {
    super(message);
    this.code = code;
  }
}

export function malformed(message: string): ProtocolError {
  return new ProtocolError('malformed_message', message);
}

export function tooLarge(bytes: number, bytesMax: number): ProtocolError {
  return new ProtocolError(
    'message_too_large',
    `a message of ${bytes} bytes is above the limit of ${bytesMax}`,
  );
}
