/**
 * The errors that say whose fault it was: only a `HubError` is meant for the client's eyes, and only
 * a `ProtocolError` ends the connection. Everything else stays on the server.
 */

/** Thrown by a hub method, a schema or a filter; the message reaches the caller as it is. */
export class HubError extends Error {
  override name = 'HubError';
}

/** The arguments of a call are not what the method takes. */
export class InvalidArgumentsError extends HubError {
  override name = 'InvalidArgumentsError';
  /** What is wrong, in the words of the schema where it is about one argument. */
  readonly issue: string;
  /** The place of that argument, counted from 1. */
  readonly argument: number | undefined;

  constructor(issue: string, argument?: number) {
    super(argument === undefined ? issue : `Argument ${argument} is invalid: ${issue}`);
    this.issue = issue;
    this.argument = argument;
  }
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
